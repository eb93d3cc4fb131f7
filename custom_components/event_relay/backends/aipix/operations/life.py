"""Code shared by the operations."""

from datetime import timedelta

LIFE = timedelta(hours=24)
"""How late something may still be written; a late write does no harm."""
