"""Our key in the score, for versions that store it nowhere else.

Up to 0.17 Frigate drops unknown keys from `draw`, but stores the score as the double
that was sent, and returns it unchanged (49 of 49 values on 0.17.2, run). The digits
that nobody sees carry a number derived from the delivery's id.
"""

from hashlib import blake2s

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
