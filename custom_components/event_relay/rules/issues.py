"""The repair issues of a rule; all of them lead to its form."""

import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..backends.markdown import in_markdown
from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class RuleIssues:
    """Creates and deletes the repair issues of a rule."""

    def __init__(
        self, hass: HomeAssistant, connection: str, rule_id: str, title: str
    ) -> None:
        """Initialize with the connection's entry id, the subentry id and the title."""
        self._hass = hass
        self._data: dict[str, str | int | float | None] = {
            "entry_id": connection,
            "subentry_id": rule_id,
        }
        self._title = title
        self._not_armed = f"rule_not_armed_{rule_id}"
        self._refers = f"rule_refers_{rule_id}"
        self._itself = f"rule_fires_itself_{rule_id}"
        self._logged: dict[str, str] = {}

    @callback
    def not_armed(self, reason: str) -> None:
        """Report that it cannot be armed, so that nothing fires it."""
        self._report(self._not_armed, reason)

    @callback
    def partly_armed(self, reason: str) -> None:
        """Report which of its triggers could not be attached."""
        self._report(self._not_armed, reason, in_part=True)

    @callback
    def armed(self) -> None:
        """Withdraw the report."""
        self._withdraw(self._not_armed)

    @callback
    def stopped(self) -> None:
        """Withdraw what a rule that does not run need not be able to do."""
        self.armed()
        self.refers_to("")

    @callback
    def refers_to(self, missing: str) -> None:
        """Report missing entities; withdraw the report if there are none."""
        if missing:
            self._report(self._refers, missing)
        else:
            self._withdraw(self._refers)

    @callback
    def fires_itself(self) -> None:
        """Report, until the rule is changed, that its firing made it fire again."""
        self._report(self._itself, "it fires itself")

    @callback
    def fires_itself_no_more(self) -> None:
        """Withdraw the report."""
        self._withdraw(self._itself)

    @callback
    def clear(self) -> None:
        """Withdraw all reports: the rule is deleted."""
        self.stopped()
        self.fires_itself_no_more()

    @callback
    def _report(self, issue_id: str, reason: str, *, in_part: bool = False) -> None:
        """Create a repair issue; log it once until its reason changes."""
        if self._logged.get(issue_id) != reason:
            self._logged[issue_id] = reason
            _LOGGER.warning("Rule %s cannot work as it should: %s", self._title, reason)
        key = "rule_partly_armed" if in_part else "rule_not_armed"
        if issue_id == self._refers:
            key = "rule_refers"
        elif issue_id == self._itself:
            key = "rule_fires_itself"
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
            # Every user may list repairs: show the reason only in the repair flow.
            translation_placeholders={"rule": self._title},
            data={**self._data, "reason": in_markdown(reason)},
        )

    @callback
    def _withdraw(self, issue_id: str) -> None:
        """Delete a repair issue."""
        self._logged.pop(issue_id, None)
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)
