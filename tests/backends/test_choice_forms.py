"""Tests of selectors that also accept values outside their list."""

from collections.abc import Mapping

import pytest

from custom_components.event_relay.backends.choice_forms import choice

LISTS: list[Mapping[str, str]] = [
    {"front_door": "Front door", "garden": "Garden"},
    {"front": "Door", "back": "Door"},
    {"front": "back", "back": "front"},
    {"front": "front", "back": "front"},
]


@pytest.mark.parametrize("options", LISTS)
def test_label_is_read_as_its_value(options: Mapping[str, str]) -> None:
    selector = choice(options)
    shown = {value: selector.shown(value) for value in options}
    assert len(set(shown.values())) == len(options)
    for value, label in shown.items():
        assert selector(label) == value
        assert selector(value) == value


@pytest.mark.parametrize("typed", ["{{ states('sensor.x') }}", "shed", "Shed"])
def test_typed_value_is_unchanged(typed: str) -> None:
    selector = choice({"front_door": "Front door"})
    assert selector(typed) == selector.shown(typed) == typed


def test_numbers_are_shown_by_their_labels() -> None:
    assert choice({"41": "Visitor (41)"}).shown(41) == "Visitor (41)"
    assert choice({"7": "Ann (7)"}, multiple=True).shown([7, "8"]) == ["7", "8"]


def test_labels_of_chosen_values_are_stored() -> None:
    users = choice({"7": "Ann (7)", "8": "8"}, multiple=True)
    assert users.labels_of([7, 8, 9]) == {"7": "Ann (7)"}
    again = choice({"8": "Bob (8)"}).with_texts({}, users.labels_of([7]))
    assert again.options == {"7": "Ann (7)", "8": "Bob (8)"}


def test_translated_labels_are_not_stored() -> None:
    answer = choice(["yes", "no"], translation_key="yes_no")
    german = answer.with_texts({"yes_no.options.yes": "Ja"}, {})
    assert german.shown("yes") == "Ja"
    assert german("Ja") == "yes"
    assert german.shown("no") == "no"
    assert german.labels_of("yes") == {}
