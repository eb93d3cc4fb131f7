"""Our key in an event: in the score, for versions that store it nowhere else.

Up to 0.17 Frigate drops unknown keys from `draw`, but stores the score as the double
that was sent, and returns it unchanged (49 of 49 values on 0.17.2, run). The digits
that nobody sees carry a number derived from the delivery's id.
"""

from datetime import datetime
from hashlib import blake2s

from ..api.client import FrigateClient
from ..api.models import FrigateEvent

STEP = 1e-13
"""Unit of the number; doubles from 0 to 1 are at most 1.2e-16 apart."""
NUMBERS = 2**30
"""Count of possible numbers; the largest shifts a score by at most 0.00011."""


def keyed_score(score: float | None, key: str) -> float:
    """Return a score from 0 to 1 that carries a key; None is Frigate's own 0.

    It always differs from the score, so that a score without a key never matches.
    """
    digest = blake2s(key.encode(), digest_size=8).digest()
    shift = (1 + int.from_bytes(digest) % NUMBERS) * STEP
    plain = score or 0.0
    return plain + shift if plain + shift <= 1 else plain - shift


async def events_with_key(
    client: FrigateClient,
    camera: str,
    label: str | None,
    after: datetime,
    *,
    score: float | None,
    key: str,
) -> list[FrigateEvent]:
    """Return events that carry a key, in the score or as our own id.

    `after` may be days ago, in which the camera has detected thousands of objects. So
    only events are read whose score is the one that was sent: with the key, or, beside
    the id, as it is. Frigate may have got another version since.
    """
    keyed = keyed_score(score, key)
    return [
        event
        for sent in (keyed, score or 0.0)
        for event in await client.events(camera, label, after, score=sent)
        if event.delivery_id == key or event.score == keyed
    ]
