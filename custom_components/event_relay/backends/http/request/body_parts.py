"""The JSON of a body, encoded as far as that is the same for each delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
import json
import re

from ...base import Json
from .slots import NUMBERS, Slot, Written, literal, names_in

EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
"""A value in a template. Jinja statements are not searched for."""
_FIELD = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")
"""A template that consists of one field of a call."""
BEGINNINGS = ("{{", "{%", "{#")

encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode
"""Returns the JSON of a value; raises ValueError."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is known about a template before it is rendered."""

    is_template: bool
    """Whether it is rendered at all."""
    field: str | None
    """The field of a call that it consists of."""
    is_expression: bool
    """Whether it is one value, which keeps its type."""
    has_slots: bool


@lru_cache(maxsize=1000)
def kind_of(template: str) -> Kind:
    """Return what is known about a template."""
    stripped = template.strip()
    field = _FIELD.fullmatch(stripped)
    found = EXPRESSION.search(template)
    return Kind(
        is_template=any(one in template for one in BEGINNINGS),
        field=None if field is None else field[1],
        is_expression="{%" not in template
        and found is not None
        and found[0] == stripped,
        has_slots=any(names_in(template)),
    )


@dataclass(frozen=True)
class Leaf:
    """A template in JSON."""

    template: str
    name: str
    """Its place in the body, such as `.tags[0]`."""


type Parts = tuple[str | Slot | Leaf, ...]


def parts_of(body: Json) -> Parts:
    """Return the JSON of a body, with its templates and slots in their places."""
    parts: list[str | Slot | Leaf] = []
    for part in _parts(body, ""):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def _parts(value: Json, name: str) -> Iterator[str | Slot | Leaf]:
    match value:
        case str() if kind_of(value).is_template:
            yield Leaf(value, name)
        case str():
            yield from _text(literal(value))
        case list():
            for number, one in enumerate(value):
                yield "," if number else "["
                yield from _parts(one, f"{name}[{number}]")
            yield "]" if value else "[]"
        case dict():
            for number, (key, one) in enumerate(value.items()):
                yield f"{',' if number else '{'}{encode(key)}:"
                yield from _parts(one, f"{name}.{key}")
            yield "}" if value else "{}"
        case _:
            yield encode(value)


def _text(written: Written) -> Iterator[str | Slot]:
    """Yield a text with slots in JSON; numbers that are all of it have no quotes."""
    match written:
        case (Slot(name) as slot,) if name in NUMBERS:
            yield slot
        case _:
            yield '"'
            for part in written:
                yield encode(part)[1:-1] if isinstance(part, str) else part
            yield '"'
