"""Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`.
"""

import base64
import binascii
from collections.abc import Iterable
import hashlib
import hmac

from ...base import InvalidField

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, by the specification."""


def key_of(secret: str, name: str) -> bytes:
    """Return the key in a secret; raises InvalidField."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error, ValueError:
        raise InvalidField(name, "signing_secret") from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise InvalidField(name, "signing_secret")
    return key


def signature_of(
    keys: Iterable[bytes], message_id: str, timestamp: int, body: bytes
) -> str:
    """Return the value of `webhook-signature`: one signature for each key."""
    message = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        f"v1,{base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()}"
        for key in keys
    )
