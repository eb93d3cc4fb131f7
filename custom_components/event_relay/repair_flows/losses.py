"""Repair flow for lost deliveries, until seen and over."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..backends.markdown import in_markdown
from ..const import DOMAIN
from ..outcomes.losses import Cause, Losses


class LossFlow(ConfirmRepairFlow):
    """Shows how much was lost, why and what to do; confirming marks it as seen."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the loss; the reason only here, where administrators read it."""
        data = self.data or {}
        entry = self.hass.config_entries.async_get_entry(str(data.get("entry_id")))
        if user_input is None or entry is None:
            issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
            lost = (issue.data if issue else None) or data
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "connection": in_markdown(entry.title if entry else "?"),
                    "count": str(lost.get("count")),
                    "reason": in_markdown(str(lost.get("reason") or "?")),
                },
            )
        if entry.state is ConfigEntryState.LOADED:
            losses: Losses = entry.runtime_data.losses
            if not losses.async_seen(Cause(str(data["cause"]))):
                return self.async_abort(reason="goes_on")
        return await super().async_step_confirm(user_input)
