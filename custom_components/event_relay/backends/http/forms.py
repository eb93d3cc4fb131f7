"""The forms of any HTTP API for Home Assistant."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from yarl import URL

from ..base import Ending, JsonObject, Settings
from ..choice_forms import Listed, choice
from ..forms import BackendForms, Probe, Product, Trait, cookieless_session
from ..rule_forms import OBJECT, RuleField
from ..rule_patterns import Pattern
from .api.client import HttpCapabilities, HttpClient, Part
from .backend import HTTP
from .connection_forms import (
    CONF_READ_PATH,
    CONNECTION,
    CREDENTIALS,
    access_of,
    normalised,
    refuse_exposure,
)
from .pattern_forms import PATTERNS, patterns_for
from .request.definition import Repeat
from .request.prepared import Prepared
from .request.preview import preview
from .request_forms import CONF_DEFINITION, REASONS, SUBENTRY_REQUEST, RequestFlow
from .resolving_forms import as_test, resolved

SEND = "send_http_request"
END = "end_http_request"
_PAUSED: Mapping[Part, str] = {
    Part.REQUEST: "request_paused",
    Part.END: "request_paused_end",
    Part.LOOK_UP: "request_paused_look_up",
}
"""Texts of the repairs of rejected parts of requests."""


class HttpForms(BackendForms):
    """The part of any HTTP API that Home Assistant sees."""

    backend = HTTP
    connection = CONNECTION
    credentials = CREDENTIALS
    identified_by = (CONF_URL, *CREDENTIALS)
    """The target and its credentials."""
    endings: Mapping[str, Ending] = {
        SEND: Ending(operation=END, left_open={"until_ended": True})
    }
    patterns = PATTERNS
    reasons = REASONS
    reports_held_back = True
    subentry_flows = {SUBENTRY_REQUEST: RequestFlow}  # noqa: RUF012 - as its base has it
    begins_with = SUBENTRY_REQUEST
    traits: Mapping[str, Trait] = {
        SUBENTRY_REQUEST: Trait(
            translation_key="lost_answer",
            options=tuple(Repeat),
            read=lambda data: data[CONF_DEFINITION].get("repeat"),
        )
    }

    @override
    def patterns_for(self, settings: Settings) -> Mapping[str, Pattern]:
        """Return the patterns that fit the connection's requests."""
        return patterns_for(settings)

    @override
    def rule_fields(
        self, operation: str, capabilities: HttpCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Return the fields of a rule's form."""
        requests = choice(listed.get("request", capabilities.requests))
        return (
            RuleField(name="request", selector=requests, required=True),
            RuleField(name="data", selector=OBJECT),
        )

    @override
    def with_settings(
        self, capabilities: HttpCapabilities, settings: Settings
    ) -> HttpCapabilities:
        """Return the capabilities: the requests that the user has defined."""
        return HttpCapabilities(
            requests={
                request: one.title for request, one in settings.subentries.items()
            }
        )

    @override
    def known_lists(self, capabilities: HttpCapabilities) -> Listed:
        """Return the requests to choose from."""
        return {"request": capabilities.requests}

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the request as a test, if it has a field for that."""
        return as_test(data)

    @override
    def preview(self, operation: str, payload: JsonObject) -> JsonObject:
        """Return the request to send; the stored form is for the queue."""
        return preview(Prepared.load(payload)) if operation == SEND else payload

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data to store; raises InvalidField."""
        return normalised(user_input)

    @override
    async def check_connection(self, data: Mapping[str, Any]) -> None:
        """Refuse secrets that anyone in between could read; raises InvalidField."""
        await refuse_exposure(data)

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: HttpCapabilities
    ) -> Product:
        """Return the device information of the system behind a connection."""
        return Product(manufacturer="HTTP", model="API", address=data[CONF_URL])

    @override
    def tests_login(self, data: Mapping[str, Any]) -> bool:
        """Return whether the test reads a path; otherwise it sends nothing."""
        return bool(data[CONF_READ_PATH])

    @override
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> HttpClient:
        """Build a client from a connection's data."""
        return HttpClient(cookieless_session(hass), access_of(data))

    @override
    async def probe(self, client: HttpClient, data: Mapping[str, Any]) -> Probe:
        """Read the path that the user has set, or check that the target listens."""
        capabilities = await client.capabilities()
        host = URL(data[CONF_URL]).host_port_subcomponent
        return Probe(title=f"{HTTP.title} ({host})", capabilities=capabilities)

    @override
    @callback
    def contacted(
        self, hass: HomeAssistant, entry: ConfigEntry, client: HttpClient
    ) -> bool:
        """Show what the target rejects; return whether it takes some of that again."""
        self._show_rejected(hass, entry, client)
        taken, client.taken_again = client.taken_again, False
        return taken

    def _show_rejected(
        self, hass: HomeAssistant, entry: ConfigEntry, client: HttpClient
    ) -> None:
        """Raise a repair for each part of a request that the target rejects.

        If it rejects all that were sent, ask for the credentials instead.
        """
        for request in {one for one, _ in client.paused} - entry.subentries.keys():
            client.forget(request)
        paused = {which: one.shown for which, one in client.paused.items()}
        if paused == client.shown:
            return
        client.shown = paused
        if paused and client.is_unknown_there:
            entry.async_start_reauth(hass)
        prefix = f"request_paused_{entry.entry_id}_"
        issues = {
            f"{prefix}{request}_{part.value}": (request, part)
            for request, part in paused
        }
        for _, issue_id in tuple(ir.async_get(hass).issues):
            if issue_id.startswith(prefix) and issue_id not in issues:
                ir.async_delete_issue(hass, entry.domain, issue_id)
        for issue_id, (request, part) in issues.items():
            ir.async_create_issue(
                hass,
                entry.domain,
                issue_id,
                data={"entry_id": entry.entry_id},
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=_PAUSED[part],
                # Every user may list repairs, so they omit the target's message.
                translation_placeholders={
                    "connection": entry.title,
                    "request": entry.subentries[request].title,
                    "status": paused[request, part],
                },
            )

    @override
    async def resolve(
        self,
        hass: HomeAssistant,
        settings: Settings,
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Render the chosen request with its data; raises InvalidField."""
        return resolved(hass, settings, data) if operation == SEND else data
