"""The values of a request's placeholders when it is sent, but for secrets.

Only the client knows secrets, and fills them in itself.
"""

from collections.abc import Callable
from datetime import datetime

from ...errors import Rejected
from .slots import moments


def filler(
    *,
    delivery_id: str,
    occurred_at: datetime,
    now: datetime,
    ended_at: datetime | None = None,
    start_id: str | None = None,
) -> Callable[[str], str]:
    """Return a function for the value of a slot, which raises BackendError.

    `delivery_id` is the start's, also for its end.
    """
    times = {"occurred": occurred_at, "sent": now, "ended": ended_at}

    def value(name: str) -> str:
        if name == "start_id":
            if start_id is None:
                raise Rejected("the answer to its start had no id", code="no_start_id")
            return start_id
        if name == "id":
            return delivery_id
        # Computed on demand: most requests use one of them, or none.
        prefix = name.partition("_")[0]
        if (moment := times[prefix]) is None:
            raise KeyError(name)
        return moments(moment, prefix)[name]

    return value
