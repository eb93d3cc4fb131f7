"""What a script mirror asks of its user, and what it tells them by repairs."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ....const import DOMAIN
from ....rules.mirrors.mirror import FormData
from ....rules.mirrors.questions import Answered, Question, ask, withdraw
from ...words import in_markdown


class ScriptQuestions:
    """The repairs of one script mirror."""

    def __init__(
        self, hass: HomeAssistant, mirror_id: str, title: str, form_data: FormData
    ) -> None:
        """Take the mirror, and what leads to its form; nothing is asked yet."""
        self._hass = hass
        self._form_data = form_data
        self._title = title
        self._by_hand = f"script_by_hand_{mirror_id}"
        self._lost = f"script_lost_{mirror_id}"
        self._stuck = f"script_stuck_{mirror_id}"

    @callback
    def ask_by_hand(self, *, script: str, old: str, new: str, done: Answered) -> None:
        """Ask the user to change the script; hear that it was done."""
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
        """Ask for no change any more."""
        withdraw(self._hass, self._by_hand)

    @callback
    def ask_which(self, found: Answered) -> None:
        """Ask which script it was; hear its id, or that there is none."""
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
        """Ask no longer which script it was."""
        withdraw(self._hass, self._lost)

    @callback
    def cannot_follow(self, reason: str) -> None:
        """Say what keeps the script from following the helper, such as no times."""
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
        """Take that back."""
        ir.async_delete_issue(self._hass, DOMAIN, self._stuck)

    @callback
    def withdraw(self) -> None:
        """Take everything back: the mirror does not work now."""
        self.is_changed()
        self.is_found()
        self.follows()
