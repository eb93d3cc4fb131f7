"""Guance and TrueWatch, an observability service."""
