"""Questions of a mirror to the user, asked in repair issues."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN

type Answered = Callable[[int | None], Awaitable[None]]
"""Called when the user confirms, with the id that they entered, if asked for."""

_QUESTIONS: HassKey[dict[str, Question]] = HassKey("event_relay_questions")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that only the user can answer, or a task only they can do."""

    issue_id: str
    translation_key: str
    mirror: str
    """Title of the mirror; all that is shown to users who only list repairs."""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """Shown only in the repair flow."""
    answered: Answered
    asks_id: bool = False
    """Whether the user may enter the id of an object at the backend."""


@callback
def ask(hass: HomeAssistant, question: Question) -> None:
    """Ask the user, or update an open question.

    A question does not survive a restart: the mirror asks again if it is still open.
    """
    hass.data.setdefault(_QUESTIONS, {})[question.issue_id] = question
    ir.async_create_issue(
        hass,
        DOMAIN,
        question.issue_id,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=question.translation_key,
        translation_placeholders={"mirror": question.mirror},
    )


@callback
def withdraw(hass: HomeAssistant, issue_id: str) -> None:
    """Withdraw a question."""
    if hass.data.get(_QUESTIONS, {}).pop(issue_id, None) is not None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def open_question(hass: HomeAssistant, issue_id: str) -> Question | None:
    """Return the open question of an issue; None if it has none."""
    return hass.data.get(_QUESTIONS, {}).get(issue_id)


async def answer(hass: HomeAssistant, question: Question, number: int | None) -> None:
    """Pass on the answer if the question is still the same."""
    questions = hass.data.get(_QUESTIONS, {})
    if questions.get(question.issue_id) is question:
        del questions[question.issue_id]
        await question.answered(number)
