"""The simulated HTTP API."""
