"""Repair flow of a forgotten pause: resumes the connection."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import RelayConfigEntry


class PauseFlow(RepairsFlow):
    """Shows since when the connection is paused; confirming resumes it."""

    def __init__(self, entry_id: str) -> None:
        """Initialize for a connection."""
        self._entry_id = entry_id

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Continue with the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, and resume."""
        entry: RelayConfigEntry = self.hass.config_entries.async_get_known_entry(
            self._entry_id
        )
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            entry.runtime_data.async_switch(on=True)
            return self.async_create_entry(data={})
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders=(issue.translation_placeholders if issue else {}),
        )
