"""Whether a mirror is new, or has lost what it remembered."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from homeassistant.util.ulid import ulid_to_bytes_or_none

from ...outbox.memory import Note

BEGUN = "begun"
"""Name of the note that a mirror makes with the first thing it does."""
NEW = timedelta(minutes=10)
"""Age up to which a mirror without notes has nothing that it could have lost.

One that is older and has none was made while its connection was not loaded, or lost
them with the outbox: either way it looks before it creates.
"""


def has_lost(subentry_id: str, notes: Mapping[str, Note], now: datetime) -> bool:
    """Say whether a mirror may have made something that it knows nothing of.

    Home Assistant's ids of subentries tell when they were made.
    """
    if BEGUN in notes:
        return False
    made = ulid_to_bytes_or_none(subentry_id)
    if made is None:
        return True
    since = datetime.fromtimestamp(int.from_bytes(made[:6]) / 1000, UTC)
    return now - since > NEW


def uncounted_version(now: datetime) -> int:
    """Return a version that no count has come to, for one whose count is lost.

    So that no delivery gets the id of an earlier one.
    """
    return int(now.timestamp())
