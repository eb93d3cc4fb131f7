"""Repair flow that asks for the default connection of actions that name none."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.helpers import issue_registry as ir

from ..actions.default_connection import async_set_default
from ..backends.menu_forms import chosen_step, menu_schema
from ..const import CONF_BACKEND, DOMAIN


class DefaultConnectionFlow(RepairsFlow):
    """Asks whether a backend's first connection stays the default."""

    def __init__(self, entry_id: str) -> None:
        """Initialize with the first connection."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Name the users of the default, and ask."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="init",
            data_schema=menu_schema(
                ["keep_default", "no_default"], "default_connection"
            ),
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def async_step_keep_default(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Keep the first as the default."""
        return self._decide(self._entry_id)

    async def async_step_no_default(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Remove the default: each action must name its connection."""
        return self._decide(None)

    def _decide(self, default: str | None) -> RepairsFlowResult:
        """Save the decision; this deletes the issue."""
        first = self.hass.config_entries.async_get_entry(self._entry_id)
        if first is not None:
            async_set_default(self.hass, first.data[CONF_BACKEND], default)
        return self.async_create_entry(data={})
