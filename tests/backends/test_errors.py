"""Tests that the code of an error, which deliveries store, says enough."""

import ast
from collections.abc import Iterator

import pytest

from custom_components.event_relay.backends.errors import Gone, is_gone
from tests.checks.files import trees
from tests.checks.texts_in_code import constants_in, texts_in


def codes_of_gone() -> Iterator[str]:
    """Yield the codes that are given to a Gone."""
    constants: dict[str, str] = {}
    for tree in trees().values():
        constants |= constants_in(tree)
    for tree in trees().values():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Gone"), keywords=keywords):
                    for keyword in keywords:
                        if keyword.arg == "code":
                            assert isinstance(keyword.value, ast.Name)
                            yield constants[keyword.value.id]


@pytest.mark.parametrize("code", ["gone", "unknown_event", "unknown_script"])
def test_stored_code_of_a_gone_is_recognised(code: str) -> None:
    """Every code that a version has stored stays in this list."""
    assert is_gone(code)
    assert {Gone.code, *codes_of_gone()} >= {code}


def test_codes_of_a_gone_are_its_alone() -> None:
    of_gone = {Gone.code, *codes_of_gone()}
    used = {code for tree in trees().values() for code in texts_in(tree).codes}
    assert used >= {"rejected", "gone"}
    assert {code for code in used | of_gone if is_gone(code)} == of_gone
