"""The operations of any HTTP API."""

from ..base import Backend
from .answers import RequestPaused
from .client import HttpCapabilities
from .end import EndHttpRequest
from .send import SendHttpRequest

HTTP = Backend(
    name="http",
    title="HTTP API",
    operations=(SendHttpRequest(), EndHttpRequest()),
    load_capabilities=HttpCapabilities.load,
    concurrency=4,
    held_back_by=frozenset({RequestPaused.code}),
    # Only for requests that can be looked up or repeated.
    claims_ahead=16,
)
