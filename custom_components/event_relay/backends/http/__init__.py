"""Any HTTP API: requests that the user defines."""
