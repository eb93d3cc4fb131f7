"""Boxes drawn on the snapshot of an event.

Frigate relies on parts of a box that it does not check, so all of them are checked here
(0.17.2, source and run).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ...base import InvalidField, Json, JsonObject
from ...fields import known_only, number, whole
from .fields import score

MOST_BOXES = 100
"""More than anyone can tell apart on a picture."""
ROUNDING = 0.002
"""How far a box may reach over the edge, because fractions are rounded."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box, in fractions of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float
    color: tuple[int, int, int] | None = None
    """Blue, green, red, 0 to 255 each."""
    score: float | None = None

    def dump(self) -> JsonObject:
        """Return the box in Frigate's own format, which the field uses as well."""
        box: JsonObject = {"box": [self.x, self.y, self.width, self.height]}
        if self.color is not None:
            box["color"] = list(self.color)
        if self.score is not None:
            box["score"] = self.score
        return box


def boxes(value: object, name: str) -> tuple[Box, ...]:
    """Read the list of boxes; errors name the box and its part (`boxes[0].color`)."""
    items = _list(value, name)
    if len(items) > MOST_BOXES:
        raise InvalidField(name, "too_many", maximum=str(MOST_BOXES))
    return tuple(_box(item, f"{name}[{index}]") for index, item in enumerate(items))


def dump_boxes(value: tuple[Box, ...]) -> list[Json]:
    """Return boxes as Frigate takes them."""
    return [box.dump() for box in value]


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise InvalidField(name, "not_a_list")
    return list(value)


def _box(value: object, name: str) -> Box:
    if not isinstance(value, Mapping):
        raise InvalidField(name, "not_a_mapping")
    known_only(
        {f"{name}.{key}": item for key, item in value.items()},
        {f"{name}.{key}" for key in ("box", "color", "score")},
    )
    if value.get("box") is None:
        raise InvalidField(f"{name}.box", "required")
    x, y, width, height = _sides(value["box"], f"{name}.box")
    color, certainty = value.get("color"), value.get("score")
    return Box(
        x=x,
        y=y,
        width=width,
        height=height,
        color=None if color is None else _color(color, f"{name}.color"),
        score=None if certainty is None else score(certainty, f"{name}.score"),
    )


def _sides(value: object, name: str) -> tuple[float, float, float, float]:
    fraction = partial(number, minimum=0, maximum=1)
    match _list(value, name):
        case [left, top, across, down]:
            x, y = fraction(left, name), fraction(top, name)
            width, height = fraction(across, name), fraction(down, name)
        case _:
            raise InvalidField(name, "not_a_box")
    if width == 0 or height == 0:
        raise InvalidField(name, "not_a_box")
    if x + width > 1 + ROUNDING or y + height > 1 + ROUNDING:
        raise InvalidField(name, "out_of_range", minimum="0", maximum="1")
    return x, y, width, height


def _color(value: object, name: str) -> tuple[int, int, int]:
    shade = partial(whole, minimum=0, maximum=255)
    match _list(value, name):
        case [blue, green, red]:
            return shade(blue, name), shade(green, name), shade(red, name)
        case _:
            raise InvalidField(name, "not_a_color")
