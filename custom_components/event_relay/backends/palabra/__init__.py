"""Palabra.ai, live translation of events; its Events API."""
