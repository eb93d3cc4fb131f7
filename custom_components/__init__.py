"""Custom integrations, as Home Assistant names the folder."""
