"""What a mirror asks of the user by a repair issue, and where the answer goes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN

type Answered = Callable[[int | None], Awaitable[None]]
"""Hears that the user has confirmed, and which id they named, if they were asked."""

_QUESTIONS: HassKey[dict[str, Question]] = HassKey("event_relay_questions")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that only the user can answer, or do."""

    issue_id: str
    translation_key: str
    mirror: str
    """Title of who asks; no more is told to those who only list repairs."""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """What only those are told who answer."""
    answered: Answered
    asks_id: bool = False
    """Whether the user may name an id of something outside."""


@callback
def ask(hass: HomeAssistant, question: Question) -> None:
    """Ask the user, or go on asking with other words.

    A question lives as long as the one who asks it: it is asked anew after a
    restart if it is still open.
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
    """Ask no longer."""
    if hass.data.get(_QUESTIONS, {}).pop(issue_id, None) is not None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def open_question(hass: HomeAssistant, issue_id: str) -> Question | None:
    """Return a question that is open, None for an issue that is none."""
    return hass.data.get(_QUESTIONS, {}).get(issue_id)


async def answer(hass: HomeAssistant, question: Question, number: int | None) -> None:
    """Pass on what the user answered to a question that is still the same."""
    questions = hass.data.get(_QUESTIONS, {})
    if questions.get(question.issue_id) is question:
        del questions[question.issue_id]
        await question.answered(number)
