"""Tests of warnings: sentences whose codes and values can be read."""

import pytest

from custom_components.event_relay.backends.own_sentences import OwnWarning, recognised

VALUES = {"field": "tags.a b", "maximum": "256", "address": "http://a.b: c"}


@pytest.mark.parametrize("warning", OwnWarning)
def test_code_and_values_are_read_from_the_sentence(warning: OwnWarning) -> None:
    sentence = warning.of(**VALUES)
    known = recognised(sentence)
    assert known is not None
    code, values = known
    assert code == warning.code
    assert warning.of(**values) == sentence
    assert values.items() <= VALUES.items()


@pytest.mark.parametrize("words", ["description: it may not be empty", ""])
def test_message_of_a_backend_is_unchanged(words: str) -> None:
    assert recognised(words) is None
