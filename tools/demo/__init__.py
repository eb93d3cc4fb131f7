"""A real Home Assistant with Event Relay in it, for the demo and for tests."""
