"""A key of our own in the score, for versions that keep nothing else of ours.

Up to 0.17 Frigate drops what it does not know from `draw`, but stores the score as the
double that was sent, and gives it back the same (49 of 49 values on 0.17.2, run). The
digits that nobody sees carry a number made from the delivery's id.
"""

from hashlib import blake2s

STEP = 1e-13
"""What the number counts in; doubles from 0 to 1 are at most 1.2e-16 apart."""
NUMBERS = 2**30
"""How many numbers there are; together they shift a score by at most 0.00011."""


def keyed_score(score: float | None, key: str) -> float:
    """Return a score from 0 to 1 that carries a key; None is Frigate's own 0.

    It is never the score itself, so that one without a key is not taken for it.
    """
    digest = blake2s(key.encode(), digest_size=8).digest()
    shift = (1 + int.from_bytes(digest) % NUMBERS) * STEP
    plain = score or 0.0
    return plain + shift if plain + shift <= 1 else plain - shift
