"""Any HTTP API: requests that the user describes."""
