"""Send requests to any HTTP API, as one connection may."""
