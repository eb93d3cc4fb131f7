"""The texts of blueprints, and their translated files.

Home Assistant has no translations for blueprints, so each language has its own files.
They differ from the English ones only in texts and address.
"""

from collections.abc import Iterable, Iterator, Mapping
import json
from pathlib import Path
import re
from textwrap import fill
from typing import cast

from babel import Locale
from yaml import (  # type: ignore[import-untyped]
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    compose,
)

from .sources import ROOT

FOLDER = ROOT / "blueprints/automation/event_relay"
PAGE = ROOT / "docs/blueprints.md"
LINK = re.compile(
    r"^\[Import it\]\((?P<folder>\S+%2F)(?P<file>\w+\.yaml)\)(?:\n· .*)*$", re.MULTILINE
)
"""A link that imports a blueprint, followed by those for other languages."""
WIDTH = 88
"""Characters of a line."""
PARAGRAPH = "\n\n"


def paths() -> list[Path]:
    """Return the paths of the English blueprints."""
    return sorted(FOLDER.glob("*.yaml"))


def texts_of(path: Path) -> dict[str, str]:
    """Return the texts of a blueprint by path."""
    return {place: node.value for place, node in _texts(path.read_text(), path.stem)}


def translated(path: Path, language: str, texts: Mapping[str, str]) -> str:
    """Return a blueprint with translated texts; untranslated ones stay English."""
    content = path.read_text()
    for place, node in sorted(
        _texts(content, path.stem), key=lambda one: -one[1].start_mark.index
    ):
        if place in texts:
            start, end = node.start_mark.index, node.end_mark.index
            line = content[content.rfind("\n", 0, start) + 1 : start]
            new = _as_yaml(texts[place], indent=len(line) - len(line.lstrip(" -")))
            ending = "\n" * (2 if content[start:end].endswith("\n\n") else 1)
            block = content[end - 1] == "\n"
            content = content[:start] + new + (ending if block else "") + content[end:]
    return content.replace(f"/{path.name}\n", f"/{language}/{path.name}\n", 1)


def linked(page: str, languages: Iterable[str]) -> str:
    """Return the page with import links for each blueprint in all languages."""

    def links(found: re.Match[str]) -> str:
        """Return the import links for a blueprint, one on each line."""
        folder, file = found["folder"], found["file"]
        lines = [f"[Import it]({folder}{file})"]
        for name in languages:
            called = str(Locale.parse(name).get_language_name()).capitalize()
            lines.append(f"· [{called}]({folder}{name}%2F{file})")
        return "\n".join(lines)

    return LINK.sub(links, page)


def _texts(content: str, name: str) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the texts of a blueprint with their paths."""
    blueprint = _children(_children(compose(content))["blueprint"])
    for key in ("name", "description"):
        yield from _scalar(f"blueprints.{name}.{key}", blueprint[key])
    yield from _inputs(f"blueprints.{name}", blueprint["input"])


def _inputs(place: str, node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the texts of inputs, including those in sections."""
    for name, asked in _children(node).items():
        here, inner = f"{place}.{name}", _children(asked)
        for key in ("name", "description"):
            if key in inner:
                yield from _scalar(f"{here}.{key}", inner[key])
        selector = _children(inner["selector"]) if "selector" in inner else {}
        if "text" in selector and "default" in inner:
            yield from _scalar(f"{here}.default", inner["default"])
        if "select" in selector:
            options = _children(selector["select"])["options"]
            for option in map(_children, cast("SequenceNode", options).value):
                value = option["value"].value
                yield from _scalar(f"{here}.options.{value}", option["label"])
        if "input" in inner:
            yield from _inputs(here, inner["input"])


def _scalar(place: str, node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Yield a node with its path if it is a text."""
    if isinstance(node, ScalarNode) and node.value:
        yield place, node


def _children(node: Node | None) -> dict[str, Node]:
    """Return the items of a mapping."""
    return {key.value: value for key, value in cast("MappingNode", node).value}


def _as_yaml(text: str, *, indent: int) -> str:
    """Return a text as YAML, folded if it is long."""
    if PARAGRAPH not in text and len(text) < WIDTH // 2:
        return json.dumps(text, ensure_ascii=False)
    margin = " " * (indent + 2)
    paragraphs = [
        fill(
            paragraph,
            WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in text.split(PARAGRAPH)
    ]
    return ">-\n" + (PARAGRAPH + "\n").join(paragraphs)
