"""A connection to an HTTP API in a home."""
