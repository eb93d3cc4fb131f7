"""Shared code of the actions: data, connections, deliveries, responses."""
