"""Read the source files of texts, and merge them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

type Tree = dict[str, Any]
"""Texts by nested keys."""

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "custom_components/event_relay"
FILE = "texts.yaml"


class TwiceSaid(ValueError):
    """Two sources define the same text."""


def read_source(folder: Path) -> Tree:
    """Return the texts of a folder; an empty tree if it has none."""
    path = folder / FILE
    return _plain(load_yaml_dict(str(path))) if path.exists() else {}


def merge(target: Tree, more: Mapping[str, Any], *path: str) -> None:
    """Merge texts into others; raises TwiceSaid if both define the same text."""
    for key, value in more.items():
        if isinstance(value, Mapping):
            below = target.setdefault(key, {})
            if not isinstance(below, dict):
                raise TwiceSaid(".".join((*path, key)))
            merge(below, value, *path, key)
        elif key in target:
            raise TwiceSaid(".".join((*path, key)))
        else:
            target[key] = value


def over(usual: Mapping[str, Any], own: Mapping[str, Any] | None) -> Tree:
    """Return the defaults overridden by a source; null removes a default."""
    both = {**usual, **(own or {})}
    return {key: value for key, value in both.items() if value is not None}


def deep_over(usual: Mapping[str, Any], own: Mapping[str, Any]) -> Tree:
    """Return the defaults overridden by a source, at any depth."""
    both: Tree = {**usual, **own}
    for key, value in usual.items():
        if isinstance(value, Mapping):
            both[key] = deep_over(value, own.get(key, {}))
    return both


def _plain(value: Any) -> Any:  # noqa: ANN401 - YAML
    """Return YAML without the source locations that Home Assistant adds."""
    match value:
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case str():
            return str(value)
    return value
