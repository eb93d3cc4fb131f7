"""The requests that a simulator has received."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from .wire import Json

SECRET_PARAMETERS = frozenset({"token", "access_token", "password"})


@dataclass(kw_only=True)
class SeenRequest:
    """One request: no headers and no body, so that it holds no secret."""

    method: str
    path: str
    """The raw path, without prefix and query."""
    query: str
    time: float
    """Unix seconds of arrival."""
    status: int | None = None
    """Status of the response; None without one."""
    fault: str | None = None
    """The kind of the fault that struck it."""

    def as_json(self) -> dict[str, Json]:
        """Return it in the control API's format."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "time": self.time,
            "status": self.status,
            "fault": self.fault,
        }


def without_secrets(query: str) -> str:
    """Return a query string with the values of secret parameters masked."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(name in SECRET_PARAMETERS for name, _ in pairs):
        return query
    return urlencode(
        [(name, "***" if name in SECRET_PARAMETERS else text) for name, text in pairs]
    )
