"""Entities of rules, mirrors and connections, which the platforms add."""
