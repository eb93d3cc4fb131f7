"""The texts that Event Relay has written in a test, to search for canaries."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.server import Simulator
from tools.simulators.wire import Json

from .responses import respond


def written_texts(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log, the states and the repairs."""
    logged = [
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if DOMAIN in record.name
    ]
    states = [
        str((state.state, dict(state.attributes))) for state in hass.states.async_all()
    ]
    repairs = [
        str((issue.translation_placeholders, issue.data))
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    ]
    return [*logged, *states, *repairs]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A connection of one backend whose secrets and texts all contain "canary"."""

    run: Callable[[], AbstractAsyncContextManager[Simulator]]
    """Returns a simulator, not started, with these credentials."""
    connect: Callable[[HomeAssistant, Any], Awaitable[MockConfigEntry]]
    action: str
    data: Mapping[str, object]
    """The data of the action."""
    path: str
    """The path of the request that it sends."""
    login_path: str = ""
    """The path of the request that logs in, where there is one that may fail."""
    login_echo: Json = None
    """The body that may reject credentials."""
    refused: Mapping[str, tuple[int, Json]]
    """Status and body of rejections, by meaning."""
    sent: tuple[str, ...]
    """Texts that are sent to the backend and stored there."""
    listed: str | None = None
    """The one that administrators see in the list, to recognise an event."""
    answered: bool = False
    """Whether the response to the action contains it, too."""

    def outcomes(self) -> dict[str, Fault | None]:
        """Return all possible outcomes of a request, by name."""
        statuses = {
            name: respond(status, body, method="POST", path=self.path)
            for name, (status, body) in self.refused.items()
        }
        logins = {}
        if self.login_path:
            logins = {
                f"login, {name}": replace(
                    fault, path=self.login_path, body=self.login_echo
                )
                for name, fault in statuses.items()
            }
        lost = {
            f"{which}{kind}": Fault(kind=kind, method="POST", path=path)
            for which, path in (("", self.path), ("login, ", self.login_path))
            if path
            for kind in LOST
        }
        return {"delivered": None, **statuses, **logins, **lost}


LOST = (
    FaultKind.RESET_AFTER,
    FaultKind.REFUSE,
    FaultKind.GARBAGE,
    FaultKind.HALF_BODY,
)
"""Faults of a connection rather than answers."""
