"""Any HTTP API: what of it needs no Home Assistant."""
