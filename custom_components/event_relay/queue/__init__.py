"""Durable delivery: what was accepted is kept until it has ended."""
