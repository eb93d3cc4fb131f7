"""Tests of the sentences about outcomes in Activity."""

from string import Formatter
from typing import Any

import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.outcomes.descriptions import OutcomeWords
from custom_components.event_relay.rules.outcome import TOLD_TO_ALL, reason_values

from .checks.files import PACKAGE, read_json
from .checks.test_translations import NOT_ALLOWED, used

TEXTS = read_json(PACKAGE / "translations/en.json")
WORDS = OutcomeWords(TEXTS["common"])


def test_invalid_field_is_named_with_its_problem() -> None:
    said = WORDS.message(
        {
            "outcome": "failed",
            "name": "Doorbell",
            "connection": "Palabra",
            "reason": "field_too_long",
            "reason_values": {"field": "title", "maximum": "256"},
        }
    )
    assert said.endswith(": title: longer than 256 characters")


def test_every_problem_of_a_field_has_a_text() -> None:
    exceptions = TEXTS["exceptions"]
    problems = {key for key in exceptions if key.startswith("field_")}
    words = {
        key.removeprefix("reason_"): text
        for key, text in TEXTS["common"].items()
        if key.startswith("reason_field_")
    }
    assert words.keys() == problems
    for key, text in words.items():
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert named <= TOLD_TO_ALL
        assert all(f"{{{name}}}" in exceptions[key]["message"] for name in named)


def test_every_other_reason_is_a_code_and_the_reverse() -> None:
    reasons = {
        key.removeprefix("reason_")
        for key in TEXTS["common"]
        if key.startswith("reason_") and not key.startswith("reason_field_")
    }
    # Reasons without a delivery, for a pause, or after its expiry are never raised.
    others = {"template_error", "paused", "switched_off", "disabled"}
    assert reasons - others <= set(TEXTS["exceptions"])
    assert used().codes - NOT_ALLOWED <= reasons


@pytest.mark.parametrize("nested", ["tags.Grandma", "boxes[0].box"])
def test_personal_names_are_not_shown(nested: str) -> None:
    error = InvalidField(nested, "too_long", maximum="9", camera="Nursery")
    outer = nested.partition(".")[0].partition("[")[0]
    assert reason_values(error) == {"field": outer, "maximum": "9"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"outcome": "delivered"}, "camera event created in Frigate"),
        (
            {"outcome": "delivered", "about": "garden / bird", "warnings": 1},
            "camera event created in Frigate, garden / bird, but not completely",
        ),
        (
            {"outcome": "delivered", "operation": "end_camera_event"},
            "camera event ended in Frigate",
        ),
        (
            {"outcome": "delivered", "operation": "write_note"},
            "event delivered to Frigate",
        ),
        (
            {"outcome": "failed", "reason": "outcome_unknown"},
            "camera event may not have been created in Frigate: the response was lost",
        ),
        (
            {"outcome": "failed", "reason": "unknown_event"},
            "camera event not created in Frigate: the event does not exist there",
        ),
        (
            {
                "outcome": "discarded",
                "operation": "end_camera_event",
                "reason": "unknown_event",
            },
            "camera event not ended in Frigate: the event does not exist there",
        ),
        (
            {
                "outcome": "discarded",
                "operation": "update_script",
                "reason": "unknown_script",
            },
            "script not updated in Frigate: the script does not exist there",
        ),
        (
            {"outcome": "failed", "reason": "session_limit"},
            "camera event not created in Frigate: all its sessions are in use",
        ),
        (
            {"outcome": "failed", "operation": None, "reason": "template_error"},
            "event not delivered to Frigate: a template failed",
        ),
        (
            {
                "outcome": "failed",
                "operation": None,
                "reason": "template_error",
                "reason_values": {"field": "label, score"},
            },
            "event not delivered to Frigate: label, score: a template failed",
        ),
        (
            {"outcome": "expired", "reason": "cannot_connect"},
            "camera event not created in Frigate: expired, it could not be reached",
        ),
        ({"outcome": "expired"}, "camera event not created in Frigate: expired"),
        (
            {"outcome": "discarded", "reason": "rejected"},
            "camera event not created in Frigate: it was discarded",
        ),
        (
            {"outcome": "discarded", "reason": "start_never_was"},
            (
                "camera event not created in Frigate: "
                "what it refers to was never delivered"
            ),
        ),
        (
            {"outcome": "delivered", "about": "front_door / doorbell", "test": True},
            "test: camera event created in Frigate, front_door / doorbell",
        ),
        (
            {"outcome": "expired", "test": True},
            "test: camera event not created in Frigate: expired",
        ),
        (
            {"outcome": "skipped", "times": 12},
            "skipped what was missed while Home Assistant was off (12 times)",
        ),
    ],
)
def test_sentences(data: dict[str, Any], said: str) -> None:
    known = {
        "name": "Doorbell",
        "connection": "Frigate",
        "operation": "create_camera_event",
    }
    assert WORDS.message(known | data) == said
