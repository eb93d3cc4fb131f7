"""Code shared by the operations."""

from datetime import timedelta

EXPIRES = timedelta(hours=24)
"""How late something may still be written; a late write does no harm."""
