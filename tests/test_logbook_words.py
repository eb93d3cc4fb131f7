"""Why Activity says that something became no delivery."""

from string import Formatter

import pytest

from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.outcome_words import field_reasons, message
from custom_components.event_relay.rules.outcome import TOLD_TO_ALL, reason_values

from .checks.files import PACKAGE, read_json


def test_a_field_is_named_with_what_is_wrong_with_it() -> None:
    said = message(
        {
            "outcome": "failed",
            "name": "Doorbell",
            "connection": "Palabra",
            "reason": "field_too_long",
            "reason_values": {"field": "title", "maximum": "256"},
        }
    )
    assert said.endswith(": title: longer than 256 characters")


def test_every_problem_of_a_field_has_words() -> None:
    texts = read_json(PACKAGE / "translations/en.json")["exceptions"]
    problems = {key: texts[key]["message"] for key in texts if key.startswith("field_")}
    assert field_reasons().keys() == problems.keys()
    for key, words in field_reasons().items():
        named = {name for _, name, _, _ in Formatter().parse(words) if name}
        assert named <= TOLD_TO_ALL
        assert all(f"{{{name}}}" in problems[key] for name in named)


@pytest.mark.parametrize("nested", ["tags.Grandma", "boxes[0].box"])
def test_no_name_that_somebody_has_given_is_told(nested: str) -> None:
    error = InvalidField(nested, "too_long", maximum="9", camera="Nursery")
    outer = nested.partition(".")[0].partition("[")[0]
    assert reason_values(error) == {"field": outer, "maximum": "9"}
