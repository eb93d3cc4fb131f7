"""The repairs of a rule; all of them lead to its form."""

import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..backends.words import in_markdown
from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class RuleIssues:
    """What keeps a rule from working as it should, as its user sees it."""

    def __init__(
        self, hass: HomeAssistant, connection: str, rule_id: str, title: str
    ) -> None:
        """Take the entry id of the connection, the subentry id, and the title."""
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
        """Say that nothing can fire it."""
        self._report(self._not_armed, reason)

    @callback
    def partly_armed(self, reason: str) -> None:
        """Say which of its triggers cannot fire it."""
        self._report(self._not_armed, reason, in_part=True)

    @callback
    def armed(self) -> None:
        """Take that back."""
        self._withdraw(self._not_armed)

    @callback
    def refers_to(self, missing: str) -> None:
        """Say which entities are not there; none at all if that is empty."""
        if missing:
            self._report(self._refers, missing)
        else:
            self._withdraw(self._refers)

    @callback
    def fires_itself(self) -> None:
        """Say that it fired because it had fired, until the rule is changed."""
        self._report(self._itself, "it fires itself")

    @callback
    def fires_itself_no_more(self) -> None:
        """Take that back."""
        self._withdraw(self._itself)

    @callback
    def clear(self) -> None:
        """Take everything back: the rule is deleted."""
        self.armed()
        self.fires_itself_no_more()
        self.refers_to("")

    @callback
    def _report(self, issue_id: str, reason: str, *, in_part: bool = False) -> None:
        """Make a repair; in the log it stands once as long as its reason stays."""
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
            # Every user may list repairs: the reason only where they are mended.
            translation_placeholders={"rule": self._title},
            data={**self._data, "reason": in_markdown(reason)},
        )

    @callback
    def _withdraw(self, issue_id: str) -> None:
        """Delete a repair."""
        self._logged.pop(issue_id, None)
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)
