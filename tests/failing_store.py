"""Failures of the store, to replace its methods with."""

from typing import Never

from custom_components.event_relay.queue.store.store import StoreUnavailable


async def disk_full(*_: object, **__: object) -> Never:
    """Fail as with a full disk."""
    raise StoreUnavailable("disk full")
