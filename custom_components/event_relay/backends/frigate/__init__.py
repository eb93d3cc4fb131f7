"""Frigate, a network video recorder."""
