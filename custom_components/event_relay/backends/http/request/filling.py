"""The values of a request's placeholders when it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ...errors import Rejected, RequestPaused
from .slots import SECRET, moments


class SecretMissing(RequestPaused):
    """A request names a secret that its connection does not have."""

    code = "secret_missing"

    def __init__(self, name: str) -> None:
        """Name the secret, which is no secret itself."""
        super().__init__(name)


def filler(
    *,
    secrets: Mapping[str, str],
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
        if name.startswith(SECRET):
            secret = name.removeprefix(SECRET)
            if secret not in secrets:
                raise SecretMissing(secret)
            return secrets[secret]
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
