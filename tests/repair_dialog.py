"""The flow of a repair, as the frontend drives it."""

from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import DOMAIN

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
