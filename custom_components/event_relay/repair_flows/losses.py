"""Repair flow for lost deliveries, until seen and over."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..backends.markdown import in_markdown
from ..const import DOMAIN
from ..outcomes.losses import Cause, Losses


class LossFlow(RepairsFlow):
    """Shows how much was lost, why and what to do; confirming marks it as seen."""

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Continue with the form."""
        return await self.async_step_confirm()

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
        return self.async_create_entry(data={})
