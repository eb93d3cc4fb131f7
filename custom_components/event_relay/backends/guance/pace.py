"""The rate of requests, which is our choice: the service publishes no figures."""

INTERVAL = 1.0
"""Seconds between two requests. Limits per key and per workspace are documented, but
not their figures, window and headers (inferred)."""


def interval() -> float:
    """Return the seconds between two requests."""
    return INTERVAL
