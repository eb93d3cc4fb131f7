"""The backend of the page on adding one works, and is what the page shows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
import re

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay import services
from custom_components.event_relay.backends.errors import InvalidCredentials
from custom_components.event_relay.const import (
    CONF_BACKEND,
    CONF_CAPABILITIES,
    DOMAIN,
)
from custom_components.event_relay.outbox import policy
from custom_components.event_relay.registry import BACKENDS, BY_NAME
from tests.checks.files import ROOT
from tests.home import act, coordinator, until_state

from .jotter.forms import JotterForms

pytestmark = pytest.mark.usefixtures("socket_enabled")

HERE = ROOT / "tests/documents/jotter"
PAGE = ROOT / "docs/adding-a-backend.md"
KEY = "jotter-key"


class Jotter:
    """A Jotter on 127.0.0.1."""

    def __init__(self) -> None:
        """Have no notes."""
        self.notes: dict[str, str] = {}
        self.answers: list[int] = []
        """Statuses that are answered before all goes well."""
        self.writes = 0

    async def about(self, request: web.Request) -> web.Response:
        """Answer what it is."""
        return self._answer(request) or web.json_response({"version": "1.4"})

    async def put(self, request: web.Request) -> web.Response:
        """Write a note."""
        self.writes += 1
        refusal = self._answer(request)
        # What answers 500 has written it: that is a reply as good as lost.
        if refusal is None or refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            body = await request.json()
            self.notes[request.match_info["id"]] = body["text"]
        return refusal or web.Response(status=204)

    def _answer(self, request: web.Request) -> web.Response | None:
        """Answer what is due instead; None where all goes well."""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.Response(status=401)
        if request.method == "PUT" and self.answers:
            return web.Response(status=self.answers.pop(0), text="not now")
        return None


@pytest.fixture
async def jotter() -> AsyncIterator[tuple[Jotter, str]]:
    """Run a Jotter, and tell its address."""
    service = Jotter()
    app = web.Application()
    app.router.add_get("/about", service.about)
    app.router.add_put("/notes/{id}", service.put)
    async with TestServer(app) as server:
        yield service, str(server.make_url("")).rstrip("/")


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> JotterForms:
    """Add the line to the registry."""
    forms = JotterForms()
    monkeypatch.setitem(BY_NAME, forms.backend.name, forms)
    monkeypatch.setattr(services, "BACKENDS", (*BACKENDS, forms))
    return forms


async def connect(hass: HomeAssistant, address: str, key: str = KEY) -> MockConfigEntry:
    """Set up a connection and wait until it has looked at its Jotter."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Jotter",
        data={
            CONF_BACKEND: "jotter",
            CONF_URL: address,
            CONF_API_KEY: key,
            CONF_CAPABILITIES: {"version": ""},
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await coordinator(entry).async_refresh()
    return entry


async def test_a_note_is_delivered(
    hass: HomeAssistant, jotter: tuple[Jotter, str]
) -> None:
    service, address = jotter
    entry = await connect(hass, address)
    assert entry.data[CONF_CAPABILITIES] == {"version": "1.4"}
    answer = await act(hass, "write_note", text="Milk is out")
    assert answer["state"] == "delivered"
    assert service.notes == {answer["outside_id"]: "Milk is out"}
    assert answer["outside_id"] == answer["delivery_id"]


async def test_a_note_whose_reply_was_lost_is_written_once(
    hass: HomeAssistant, jotter: tuple[Jotter, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "back_off", lambda *_: timedelta())
    service, address = jotter
    await connect(hass, address)
    service.answers = [500, 503]
    answer = await act(hass, "write_note", text="Milk is out")
    await until_state(hass, answer["delivery_id"], "delivered")
    assert service.writes == 3
    assert list(service.notes.values()) == ["Milk is out"]


async def test_what_is_wrong_is_said(
    hass: HomeAssistant, jotter: tuple[Jotter, str]
) -> None:
    service, address = jotter
    await connect(hass, address)
    with pytest.raises(ServiceValidationError) as invalid:
        await act(hass, "write_note", text="")
    assert invalid.value.translation_key == "field_required"
    service.answers = [422]
    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, "write_note", text="Milk is out")
    assert refused.value.translation_key == "rejected"


async def test_connection_can_be_tried(
    hass: HomeAssistant, jotter: tuple[Jotter, str], registered: JotterForms
) -> None:
    _, address = jotter
    entered = {CONF_URL: f"{address}/", CONF_API_KEY: f" {KEY} "}
    data = registered.normalise(registered.connection_schema()(entered))
    probe = await registered.probe(registered.create_client(hass, data), data)
    assert probe.capabilities.dump() == {"version": "1.4"}
    refused = registered.create_client(hass, {**data, CONF_API_KEY: "another"})
    with pytest.raises(InvalidCredentials):
        await registered.probe(refused, data)


def without_layout(code: str) -> str:
    """Return code without what the formatter adds where it stands less deep."""
    return "".join(code.split()).replace(",)", ")")


def test_page_shows_what_is_run() -> None:
    code = "\n".join(path.read_text() for path in sorted(HERE.glob("*.py")))
    shown = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(shown) >= 4
    for block in shown:
        assert without_layout(block) in without_layout(code)
