"""Durable delivery: what is accepted is kept until it has ended."""
