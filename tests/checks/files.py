"""Where the checked files are, and how they are read."""

import ast
from collections.abc import Mapping
from functools import cache
import json
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parents[2]
DOMAIN = "event_relay"
PACKAGE = ROOT / "custom_components" / DOMAIN


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object."""
    content = json.loads(path.read_text())
    assert isinstance(content, dict)
    return content


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping, as Home Assistant reads it."""
    return load_yaml_dict(str(path))


def module_name(path: Path) -> str:
    """Return the dotted name of a module of this repository."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees(folder: Path = PACKAGE) -> Mapping[str, ast.Module]:
    """Return all modules below a folder, parsed, by their dotted names."""
    return {
        module_name(path): ast.parse(path.read_text(), filename=str(path))
        for path in sorted(folder.rglob("*.py"))
    }
