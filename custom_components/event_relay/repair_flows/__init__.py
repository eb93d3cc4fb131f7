"""Flows of repair issues."""
