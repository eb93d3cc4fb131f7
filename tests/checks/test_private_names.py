"""Checks that no private name of Home Assistant is used."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from .files import trees

DOCUMENTED = {
    "_abort_if_unique_id_configured",
    "_abort_if_unique_id_mismatch",
    "_async_abort_entries_match",
    "_async_current_entries",
    "_get_entry",
    "_get_reauth_entry",
    "_get_reconfigure_entry",
    "_get_reconfigure_subentry",
    "_trigger_event",
}
"""What Home Assistant's developer documentation tells integrations to call."""


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines or assigns."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def foreign(modules: Mapping[str, ast.Module]) -> set[str]:
    """Return the private attributes that modules use, but none of them defines."""
    own = {name for tree in modules.values() for name in defined(tree)}
    used = {
        node.attr
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }
    return {name for name in used - own if name[0] == "_" and name[:2] != "__"}


def test_only_documented_names_of_home_assistant_are_used() -> None:
    assert foreign(trees()) == DOCUMENTED


@pytest.mark.parametrize(
    "source",
    ["self._schedule_refresh()", "context = self._context or Context()"],
)
def test_private_name_is_found(source: str) -> None:
    assert len(foreign({"module": ast.parse(source)})) == 1
