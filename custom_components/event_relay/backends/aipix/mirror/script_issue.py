"""The repairs by which a script mirror asks and informs its user."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ....const import DOMAIN
from ....rules.mirrors.mirror import FormData
from ....rules.mirrors.question_issue import Answered, Question, ask, withdraw
from ...markdown import in_markdown


class ScriptQuestions:
    """The repairs of one script mirror."""

    def __init__(
        self, hass: HomeAssistant, mirror_id: str, title: str, form_data: FormData
    ) -> None:
        """Take the mirror, and the data that leads to its form; raise no repair yet."""
        self._hass = hass
        self._form_data = form_data
        self._title = title
        self._by_hand = f"script_by_hand_{mirror_id}"
        self._lost = f"script_lost_{mirror_id}"
        self._stuck = f"script_stuck_{mirror_id}"

    @callback
    def ask_by_hand(self, *, script: str, old: str, new: str, done: Answered) -> None:
        """Ask the user to change the script; call `done` when they have."""
        ask(
            self._hass,
            Question(
                issue_id=self._by_hand,
                translation_key="script_mirror_by_hand",
                mirror=self._title,
                placeholders={"script": script, "old": old, "new": new},
                answered=done,
            ),
        )

    @callback
    def is_changed(self) -> None:
        """Withdraw the request to change it."""
        withdraw(self._hass, self._by_hand)

    @callback
    def ask_which(self, found: Answered) -> None:
        """Ask which script it was; call `found` with its id, or with None."""
        ask(
            self._hass,
            Question(
                issue_id=self._lost,
                translation_key="script_mirror_lost",
                mirror=self._title,
                answered=found,
                asks_id=True,
            ),
        )

    @callback
    def is_found(self) -> None:
        """Withdraw that question."""
        withdraw(self._hass, self._lost)

    @callback
    def cannot_follow(self, reason: str) -> None:
        """Report why the script cannot follow the helper, such as an empty schedule."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._stuck,
            data={**self._form_data, "reason": in_markdown(reason)},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="script_mirror_stuck",
            translation_placeholders={"mirror": self._title},
        )

    @callback
    def follows(self) -> None:
        """Withdraw that report."""
        ir.async_delete_issue(self._hass, DOMAIN, self._stuck)

    @callback
    def withdraw(self) -> None:
        """Withdraw all repairs: the mirror is not running."""
        self.is_changed()
        self.is_found()
        self.follows()
