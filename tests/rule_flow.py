"""The flow of a rule, as a user goes through it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.rules.rule import SUBENTRY_RULE

DOORBELL = {"trigger": "state", "entity_id": "binary_sensor.doorbell", "to": "on"}
WHEN = {"name": "Doorbell", "triggers": [DOORBELL], "only_if": {"from_unknown": False}}
EMPTY = {"more": {}, "limits": {}, "missed": {"deliver": True}}
"""The frontend's input for empty sections."""


class Form:
    """A flow of a rule, as a user goes through it."""

    def __init__(self, hass: HomeAssistant, result: Mapping[str, Any]) -> None:
        self._hass = hass
        self.result: Any = result

    @property
    def step(self) -> str:
        """Return the current step, or how the flow ended."""
        kind: FlowResultType = self.result["type"]
        return str(self.result["step_id"] if kind is FlowResultType.FORM else kind)

    @property
    def errors(self) -> dict[str, str]:
        return dict(self.result["errors"] or {})

    @property
    def placeholders(self) -> dict[str, str]:
        return dict(self.result["description_placeholders"])

    def suggested(self) -> dict[str, Any]:
        """Return the suggested values of the form."""
        return suggested_values(self.result["data_schema"])

    def sections(self) -> set[str]:
        """Return the sections of the form."""
        return {
            str(marker)
            for marker, inner in self.result["data_schema"].schema.items()
            if isinstance(inner, section)
        }

    def folded(self) -> set[str]:
        """Return the collapsed sections."""
        return {
            str(marker)
            for marker, inner in self.result["data_schema"].schema.items()
            if isinstance(inner, section) and inner.options["collapsed"]
        }

    async def submit(self, **entered: object) -> str:
        """Submit input, and return the next step.

        The input of an empty `missed` section is left out if the form does not have it.
        """
        asked = (self.result.get("data_schema") or vol.Schema({})).schema
        if "missed" not in asked and entered.get("missed") == EMPTY["missed"]:
            del entered["missed"]
        self.result = await self._hass.config_entries.subentries.async_configure(
            self.result["flow_id"], entered
        )
        await self._hass.async_block_till_done()
        return self.step


def suggested_values(schema: vol.Schema) -> dict[str, Any]:
    """Return the suggested values of a form, by section."""
    values: dict[str, Any] = {}
    for marker, inner in schema.schema.items():
        if isinstance(inner, section):
            values[str(marker)] = suggested_values(inner.schema)
        elif marker.description and "suggested_value" in marker.description:
            values[str(marker)] = marker.description["suggested_value"]
    return values


async def add_rule(
    hass: HomeAssistant, entry: MockConfigEntry, start: str | None = "when"
) -> Form:
    """Open the form, and choose a start; None leaves the choice open."""
    form = Form(
        hass,
        await hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_RULE), context={"source": SOURCE_USER}
        ),
    )
    if start is not None and form.step == "user":
        await form.submit(**{NEXT_STEP: start})
    return form


def only_rule(entry: MockConfigEntry) -> ConfigSubentry:
    (subentry,) = entry.get_subentries_of_type(SUBENTRY_RULE)
    return subentry
