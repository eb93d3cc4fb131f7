"""What the operations share."""

from datetime import timedelta

EXPIRES = timedelta(hours=24)
"""How late something is still written; being late does no harm to it."""
