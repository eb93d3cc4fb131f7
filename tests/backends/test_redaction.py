"""Tests of redaction: a backend's message without confidential texts."""

from html import escape
import json
import random
from urllib.parse import quote, quote_plus

from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.backends.redaction import (
    HIDDEN,
    LOOKED_AT,
    MAXIMUM,
    MOST_TEXTS,
    MOST_TOLD,
    SHORT,
    redact,
    redacting,
)

TOLD = 'Anna & "Bert" <go\nout> at €5'


def test_message_is_one_short_line() -> None:
    assert redact("a\n b\t c") == "a b c"
    assert len(redact("x" * 9000)) == MAXIMUM


@pytest.mark.parametrize(
    "spelled",
    [
        TOLD,
        TOLD.upper(),
        TOLD.replace("\n", " "),
        json.dumps(TOLD),
        json.dumps(TOLD, ensure_ascii=False),
        repr(TOLD),
        escape(TOLD),
        quote(TOLD, safe=""),
        quote_plus(TOLD),
    ],
)
def test_text_is_redacted_in_any_spelling(spelled: str) -> None:
    words = f"'{spelled}' is not allowed"
    with redacting({"title": "Dinner", "extra": {"list": [1, [TOLD]]}}):
        said = redact(words)
    assert HIDDEN in said
    assert said.endswith(" is not allowed")
    assert "anna" not in said.lower()
    assert "bert" not in said.lower()
    assert redact(words) != said


@pytest.mark.parametrize("secret", ["s3cr3t-k3y", "abc", "a.b"])
def test_secrets_are_redacted_without_a_payload(secret: str) -> None:
    assert redact(f"no {secret} here", (secret, "")) == f"no {HIDDEN} here"


def test_part_of_a_long_text_is_redacted() -> None:
    text = "Dinner with the neighbours in the garden"
    with redacting({"description": text}):
        assert redact(f"too long: {text[:20]}… and {text[-15:]}") == (
            f"too long: {HIDDEN}… and {HIDDEN}"
        )
        # A cut reveals no text either.
        assert "neighbour" not in redact("x " * (MAXIMUM // 2 - 8) + text)
        assert "neighbour" not in redact(" " * (LOOKED_AT - 25) + text)


def test_part_of_a_long_text_is_redacted_in_any_case() -> None:
    with redacting({"description": "Straße der Nachbarn, zweiter Stock"}):
        assert redact("no STRAßE DER NACHBARN here") == f"no {HIDDEN} here"


@pytest.mark.parametrize("number", [1, MOST_TEXTS])
def test_texts_are_redacted_up_to_the_limit(number: int) -> None:
    length = MOST_TOLD // number
    letters = "".join(random.Random(1).choices('ab c<"é', k=MOST_TOLD))  # noqa: S311 no secret
    texts = [letters[at : at + length] for at in range(0, len(letters), length)]
    with redacting({"list": [*texts]}):
        assert redact(f"bad: {texts[-1]}") == f"bad: {HIDDEN}"
        assert redact("nothing of it") == "nothing of it"


@pytest.mark.parametrize("texts", [["x" * (MOST_TOLD + 1)], [*map(str, range(9999))]])
def test_message_is_dropped_beyond_the_limit(texts: list[str]) -> None:
    with redacting({"list": [*texts]}):
        assert redact("anything") == ""


def test_short_texts_are_redacted_as_whole_words() -> None:
    with redacting({"sub_label": "on"}):
        assert redact("only on, not On-line") == f"only {HIDDEN}, not {HIDDEN}-line"


def test_only_long_numbers_are_redacted() -> None:
    with redacting({"extra": {"phone": 4917012345, "floor": 3, "loud": True}}):
        assert redact("4917012345 at 3 of True") == f"{HIDDEN} at 3 of True"


def test_public_fields_may_be_repeated() -> None:
    with redacting({"camera": "garden", "label": "person"}, {"camera"}):
        assert redact("no person in garden") == f"no {HIDDEN} in garden"


@given(
    texts=st.lists(st.text(min_size=4), max_size=4),
    around=st.text(alphabet="xyz ", max_size=40),
)
def test_no_text_is_repeated_completely(texts: list[str], around: str) -> None:
    words = around.join(["", *texts, ""])
    with redacting({"list": [*texts]}):
        said = redact(words)
    assert len(said) <= MAXIMUM
    for text in texts:
        line = " ".join(text.split())
        if len(line) >= SHORT:
            assert line not in said
