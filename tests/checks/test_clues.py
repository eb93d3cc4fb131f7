"""Checks that clues contain no times, since clock changes do not shift them."""

import ast
from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from .files import PACKAGE

MODULES = sorted((PACKAGE / "backends").rglob("*.py"))
TELLS_TIME = re.compile(
    r"(^|_)(at|date|datetime|isoformat|moment|monotonic|now|time|timestamp)(_|$)"
)
"""Parts of names that stand for a time."""


def functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the functions of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def assigned(function: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each value that a function assigns, and its name."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                yield name, node.value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.keyword(arg=str(name)):
                yield name, node.value


def names_in(value: ast.expr) -> Iterator[str]:
    """Yield the names within an expression."""
    for node in ast.walk(value):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def clues(source: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys of clues, and the names in their values."""
    for function in functions(ast.parse(source)):
        given = [*assigned(function)]
        for name, value in given:
            if name != "clue" or not isinstance(value, ast.Dict):
                continue
            for key, held in zip(value.keys, value.values, strict=True):
                names = [*names_in(held)]
                for used, behind in given:
                    if used in names:
                        names += names_in(behind)
                yield ast.unparse(key) if key else "**", names


def moments_in(source: str) -> list[str]:
    """Return the keys of clues that contain a time."""
    return [key for key, names in clues(source) if any(map(TELLS_TIME.search, names))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_clues_contain_no_times(path: Path) -> None:
    assert moments_in(path.read_text()) == []


def test_backends_have_clues() -> None:
    assert [*clues("".join(f"{path.read_text()}\n" for path in MODULES))]


@pytest.mark.parametrize(
    "body",
    [
        'raise OutcomeUnknown(clue={"sent": context.now.isoformat()})',
        'error.clue = {"id": event_id, "sent": context.reported_time}',
        'moment = time()\n    clue = {"sent": moment}',
        'sent = context.now\n    error.clue = {"sent": sent}',
    ],
)
def test_time_in_a_clue_is_found(body: str) -> None:
    assert moments_in(f"def run():\n    {body}\n") == ["'sent'"]
