"""The operations of any HTTP API."""

from ..base import Backend
from ..errors import RequestPaused
from .api.client import HttpCapabilities, SecretMissing, SigningSecretMissing
from .operations.end import EndHttpRequest
from .operations.send import SendHttpRequest

HTTP = Backend(
    name="http",
    title="HTTP API",
    operations=(SendHttpRequest(), EndHttpRequest()),
    load_capabilities=HttpCapabilities.load,
    # A small device may refuse some of them, which are then sent again.
    concurrency=8,
    # Only for requests that can be looked up or repeated.
    claims_ahead=64,
    held_back_by=frozenset(
        {RequestPaused.code, SecretMissing.code, SigningSecretMissing.code}
    ),
)
