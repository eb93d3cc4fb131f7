"""Frigate's HTTP API: login, calls, models of its responses, and its failures."""
