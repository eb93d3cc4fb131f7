"""The simulated Open API, as a server."""

from collections.abc import Callable
import json
from typing import Unpack, override

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply

from .creation import create
from .envelope import ApiError, bad_key, bad_parameter, no_route, not_permitted, wrapped
from .limits import Limits
from .query import query
from .settings import GuanceOptions, GuanceSettings
from .store import EventStore, StoredEvent


class GuanceSimulator(Simulator):
    """A workspace on 127.0.0.1; its settings may change while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        **options: Unpack[GuanceOptions],
    ) -> None:
        """Prepare it on port (0: a free one), below prefix."""
        super().__init__(port=port, tls=tls, prefix=prefix)
        self.settings = GuanceSettings(**options)
        self._store = EventStore(self.settings, self.clock)
        self._limits = Limits(self.settings, self.clock)
        self._revoked: set[str] = set()

    @property
    def events(self) -> list[StoredEvent]:
        """Return the stored events, oldest first."""
        return self._store.events

    @override
    def stored_events(self) -> list[Json]:
        return [event.as_json() for event in self.events]

    @override
    def configure(self, **changes: Json) -> None:
        for name, value in changes.items():
            self.settings.change(name, value)
        self._limits.forget()

    @override
    def expire_logins(self) -> None:
        """Delete the key; afterwards another one, or none, is valid (facts §2)."""
        self._revoked.add(self.settings.api_key)

    @override
    def restart(self, *, graceful: bool = False) -> None:
        """Do nothing: a cloud service has no visible restart."""

    @override
    def flush(self) -> None:
        self._store.flush()

    @override
    def reset(self) -> None:
        """Clear faults, recorded requests, events and deleted keys; keep settings."""
        super().reset()
        self._store.events.clear()
        self._limits.forget()
        self._revoked.clear()

    @override
    def answer(self, call: Call) -> Reply:
        try:
            return self._answer(call)
        except ApiError as error:
            return error.reply

    def _answer(self, call: Call) -> Reply:
        handle = self._routes().get((call.method, call.path))
        if handle is None:
            raise no_route()
        self._authenticate(call)
        self._limits.count()
        return handle(call)

    def _authenticate(self, call: Call) -> None:
        """Check the Key ID; the secret beside it is refused (facts §2)."""
        key = call.headers.get("DF-API-KEY", "")
        if key != self.settings.api_key or key in self._revoked:
            raise bad_key()

    def _routes(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        return {
            ("GET", "/api/v1/workspace/get"): self._workspace,
            ("POST", "/api/v1/events/create"): self._create,
            ("POST", "/api/v1/df/query_data_v1"): self._query,
        }

    def _workspace(self, _call: Call) -> Reply:
        """Describe the workspace, including its write token (facts §2)."""
        return wrapped(
            {
                "uuid": self.settings.workspace,
                "name": self.settings.name,
                "token": "tkn_simulated-write-token",
                "versionType": "pay",
                "billingState": "normal",
                "durationSet": {"keyevent": self.settings.retention, "rp": "default"},
                "datastore": {"keyevent": "doris"},
                "memberCount": 1,
                "status": 0,
                "enablePublicDataway": 1,
                "language": "en",
            }
        )

    def _create(self, call: Call) -> Reply:
        if not self.settings.may_write:
            raise not_permitted()
        return create(self.settings, self.clock, self._store, _document(call))

    def _query(self, call: Call) -> Reply:
        if not self.settings.may_query:
            raise not_permitted()
        return query(self.settings, self._store, _document(call))


def _document(call: Call) -> Json:
    media_type = call.headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type.lower() != "application/json" or call.too_large:
        raise bad_parameter("the body is not JSON")
    try:
        document: Json = json.loads(call.body)
    except ValueError as error:
        raise bad_parameter("the body is not JSON") from error
    return document
