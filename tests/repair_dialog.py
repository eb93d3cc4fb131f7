"""The flow of a repair, as the frontend drives it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import DOMAIN
from tools.simulators.frigate import FrigateSimulator

type Client = TestClient[Request, Application]


class Dialog:
    """One flow, from its first step to its last."""

    def __init__(self, client: Client, issue_id: str) -> None:
        """Take a client, and the repair's id."""
        self._client = client
        self._path = "/api/repairs/issues/fix"
        self._issue = issue_id

    async def open(self) -> dict[str, Any]:
        """Start the flow."""
        opened = await self._post({"handler": DOMAIN, "issue_id": self._issue})
        self._path += f"/{opened['flow_id']}"
        return opened

    async def choose(self, step: str) -> dict[str, Any]:
        """Choose the next step."""
        return await self._post({NEXT_STEP: step})

    async def submit(self, **entered: str) -> dict[str, Any]:
        """Submit a form."""
        return await self._post(entered)

    async def _post(self, content: dict[str, Any]) -> dict[str, Any]:
        response = await self._client.post(self._path, json=content)
        assert response.status == HTTPStatus.OK, await response.text()
        result: dict[str, Any] = await response.json()
        return result


@dataclass
class RepairHome:
    """A connection to a simulated Frigate, with a kind of repair and its dialog."""

    hass: HomeAssistant
    entry: MockConfigEntry
    frigate: FrigateSimulator
    client: Client
    issue_id: str

    def __post_init__(self) -> None:
        self.dialog = self.new_dialog()

    def new_dialog(self) -> Dialog:
        """Return a dialog, not yet opened."""
        return Dialog(self.client, self.issue_id)

    @property
    def issue(self) -> ir.IssueEntry | None:
        """Return the repair, if any."""
        return ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
