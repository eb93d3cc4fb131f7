"""The pace of requests, which is ours: the service publishes no numbers."""

INTERVAL = 1.0
"""Seconds between two requests. That limits exist is documented, per key and per
workspace; their numbers, window and headers are not (inferred)."""


def interval() -> float:
    """Return the seconds between two requests."""
    return INTERVAL
