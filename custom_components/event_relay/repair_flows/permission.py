"""Repair flow of a connection without a permission, or with an empty account."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowContext,
)

from ..backends.errors import PermissionDenied
from ..backends.markdown import in_markdown
from ..backends.menu_forms import chosen_step, menu_schema
from ..const import DOMAIN
from ..coordinator import RelayConfigEntry
from ..home_language import reason_in_words


class PermissionFlow(RepairsFlow):
    """Offers to retry at once, or leads to the form of the connection.

    It never finishes: the issue is deleted when a request is permitted.
    """

    def __init__(self, entry_id: str) -> None:
        """Initialize for a connection."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the backend's reason and the choices."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        return self.async_show_form(
            step_id="init",
            data_schema=menu_schema(
                ["try_again", "reconfigure"], "permission", proposed="try_again"
            ),
            description_placeholders={"reason": self._reason()},
        )

    async def async_step_try_again(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Contact the system; if it responds, one delivery tests the permission."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        coordinator = self._entry.runtime_data
        await coordinator.async_refresh()
        if coordinator.last_update_success:
            return self.async_abort(reason="tried_again")
        error = coordinator.last_exception
        if error is not None and isinstance(error.__cause__, PermissionDenied):
            return self.async_abort(reason="still_refused")
        return self.async_abort(reason="no_answer")

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Open the form of the connection."""
        form = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context=ConfigFlowContext(
                source=SOURCE_RECONFIGURE, entry_id=self._entry_id
            ),
        )
        return self.async_abort(
            reason="form_opened",
            next_flow=(FlowType.CONFIG_FLOW, form["flow_id"]),
        )

    def _reason(self) -> str:
        """Return the backend's reason, as far as the connection knows it."""
        loaded = self._entry.state is ConfigEntryState.LOADED
        error = self._entry.runtime_data.paused_for if loaded else None
        return (
            "?"
            if error is None
            else in_markdown(reason_in_words(self.hass, str(error)))
        )

    @property
    def _entry(self) -> RelayConfigEntry:
        """Return the connection."""
        return self.hass.config_entries.async_get_known_entry(self._entry_id)
