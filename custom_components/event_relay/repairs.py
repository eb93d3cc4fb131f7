"""Repair flows: some confirm, some lead to a form, some ask a question."""

from collections.abc import Callable, Mapping
from typing import cast, override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .actions.default_connection import DEFAULT_ISSUE
from .const import DOMAIN
from .coordinator import PERMISSION_ISSUE
from .outcomes.losses import LOSS_ISSUE
from .repair_flows.default_connection import DefaultConnectionFlow
from .repair_flows.failed_deliveries import FailedDeliveriesFlow
from .repair_flows.failed_issue import FAILED_ISSUE
from .repair_flows.losses import LossFlow
from .repair_flows.mirror import QuestionFlow
from .repair_flows.pause import PauseFlow
from .repair_flows.pause_issue import PAUSE_ISSUE
from .repair_flows.permission import PermissionFlow
from .rules.mirrors.changed_system import MOVED_ISSUE
from .rules.mirrors.question_issue import open_question
from .storage import COPY, async_damage_seen

_OF_CONNECTION: Mapping[str, Callable[[str], RepairsFlow]] = {
    DEFAULT_ISSUE: DefaultConnectionFlow,
    FAILED_ISSUE: FailedDeliveriesFlow,
    PAUSE_ISSUE: PauseFlow,
    PERMISSION_ISSUE: PermissionFlow,
}
"""Flows of issues about a connection, by the prefix of the issue id."""


def issue_placeholders(flow: RepairsFlow) -> dict[str, str] | None:
    """Return the placeholders of a flow's issue; None without an issue.

    They contain more than the list of issues, which every user may see.
    """
    issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
    if issue is None:
        return None
    data = {name: str(value) for name, value in (issue.data or {}).items()}
    return {**data, **(issue.translation_placeholders or {})}


class FormRepairFlow(ConfirmRepairFlow):
    """Leads to the form of a rule or mirror; the issue is deleted with its cause."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        """Initialize for a rule or mirror."""
        self._entry_id = entry_id
        self._subentry_id = subentry_id

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the problem, and open the form."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        subentry = entry.subentries.get(self._subentry_id) if entry else None
        if subentry is None:
            return self.async_abort(reason="rule_gone")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=issue_placeholders(self),
            )
        form = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, subentry.subentry_type),
            context=SubentryFlowContext(
                source=SOURCE_RECONFIGURE, subentry_id=self._subentry_id
            ),
        )
        return self.async_abort(
            reason="form_opened",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
        )


class SeenFlow(ConfirmRepairFlow):
    """Shows details that are not in the list of issues, and confirms."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the details."""
        if user_input is not None:
            return await super().async_step_confirm(user_input)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders=issue_placeholders(self),
        )


class DamageFlow(ConfirmRepairFlow):
    """Confirms the report of a damaged queue file."""

    def __init__(self, copy: str) -> None:
        """Initialize with the name of the copy that was kept."""
        self._copy = copy

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Forget the report once it is confirmed."""
        if user_input is not None:
            await async_damage_seen(self.hass, self._copy)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow of an issue."""
    if (question := open_question(hass, issue_id)) is not None:
        return QuestionFlow(question)
    flow = None if data is None else _flow_of(issue_id, data)
    if flow is not None:
        return flow
    return LossFlow() if issue_id.startswith(LOSS_ISSUE) else ConfirmRepairFlow()


def _flow_of(
    issue_id: str, data: Mapping[str, str | int | float | None]
) -> RepairsFlow | None:
    """Return the flow of an issue from its data."""
    for prefix, flow in _OF_CONNECTION.items():
        if issue_id.startswith(prefix):
            return flow(cast("str", data["entry_id"]))
    if COPY in data:
        return DamageFlow(cast("str", data[COPY]))
    if "subentry_id" in data:
        return FormRepairFlow(
            cast("str", data["entry_id"]), cast("str", data["subentry_id"])
        )
    return SeenFlow() if issue_id.startswith(MOVED_ISSUE) else None
