"""Palabra's Events API: credentials, calls, models, and its failures."""
