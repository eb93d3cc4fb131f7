"""What can be done at any HTTP API: send a request, and end what it began."""
