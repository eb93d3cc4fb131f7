"""The form of a rule: made step by step, with every error mended, and changed."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.rules.rule import SUBENTRY_RULE, read_rule
from simulators.frigate import FrigateSimulator

from .home import connect

DOORBELL = {"trigger": "state", "entity_id": "binary_sensor.doorbell", "to": "on"}
OVER = {"trigger": "state", "entity_id": "binary_sensor.doorbell", "to": "off"}
WHEN = {"name": "Doorbell", "triggers": [DOORBELL], "only_if": {"from_unknown": False}}
DELIVER = {
    "camera": "front_door",
    "label": "doorbell",
    "more": {},
    "until": {},
    "limits": {},
    "missed": {"deliver": True},
}
"""What the interface sends where nothing more is entered."""


@pytest.fixture
async def frigate(socket_enabled: None) -> AsyncIterator[FrigateSimulator]:
    async with FrigateSimulator() as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    hass.states.async_set(
        "binary_sensor.doorbell", "off", {"friendly_name": "Doorbell"}
    )
    return await connect(hass, frigate)


class Form:
    """A flow of a rule, as a person goes through it."""

    def __init__(self, hass: HomeAssistant, result: Mapping[str, Any]) -> None:
        self._hass = hass
        self.result: Any = result

    @property
    def step(self) -> str:
        """Return the step that is shown, or how the flow ended."""
        kind: FlowResultType = self.result["type"]
        return str(self.result["step_id"] if kind is FlowResultType.FORM else kind)

    @property
    def errors(self) -> dict[str, str]:
        return dict(self.result["errors"] or {})

    @property
    def placeholders(self) -> dict[str, str]:
        return dict(self.result["description_placeholders"])

    async def submit(self, **entered: object) -> str:
        """Submit what is entered, and return the step that follows."""
        self.result = await self._hass.config_entries.subentries.async_configure(
            self.result["flow_id"], entered
        )
        await self._hass.async_block_till_done()
        return self.step


async def add_rule(hass: HomeAssistant, entry: MockConfigEntry) -> Form:
    return Form(
        hass,
        await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_RULE), context={"source": SOURCE_USER}
        ),
    )


def the_rule(entry: MockConfigEntry) -> ConfigSubentry:
    (subentry,) = entry.get_subentries_of_type(SUBENTRY_RULE)
    return subentry


async def test_doorbell(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    form = await add_rule(hass, entry)
    assert form.step == "when"
    assert await form.submit(**WHEN) == "create_camera_event"
    assert await form.submit(**DELIVER) == "preview"
    assert "camera: front_door" in form.placeholders["values"]
    assert await form.submit() == FlowResultType.CREATE_ENTRY
    subentry = the_rule(entry)
    assert subentry.title == "Doorbell"
    assert dict(subentry.data) == {
        "operation": "create_camera_event",
        "triggers": [DOORBELL],
        "fields": {"camera": "front_door", "label": "doorbell"},
    }
    rule = read_rule(subentry)
    assert rule.until is None
    assert rule.missed.deliver
