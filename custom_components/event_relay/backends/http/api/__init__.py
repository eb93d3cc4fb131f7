"""Send a request to any HTTP API, safely, and classify its response."""
