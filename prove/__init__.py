"""Proves on a live system what the stand-ins only suggest."""
