"""Repair flow of a forgotten pause: resumes the connection."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState

from ..coordinator import RelayConfigEntry


class PauseFlow(ConfirmRepairFlow):
    """Shows since when the connection is paused; confirming resumes it."""

    def __init__(self, entry_id: str) -> None:
        """Initialize for a connection."""
        self._entry_id = entry_id

    @override
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
        return await super().async_step_confirm(user_input)
