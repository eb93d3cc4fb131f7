"""Presets: requests for known services, with gaps that the user fills."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from ...base import InvalidField, Json, JsonObject
from ..request.recipe import places_of_texts


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A request for a known service.

    `asks` names the gaps, written as `<<name>>` in the definition, and a proposed value
    for each. Without `repeat` in the definition, the user decides what a lost response
    means.
    """

    name: str
    definition: JsonObject
    asks: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """Names of the secrets that the connection needs."""
    limits: str = ""
    """The service's limits, for documents."""
    source: str
    """Source of its facts."""

    @property
    def asks_repeat(self) -> bool:
        """Return whether the user has to decide what a lost response means."""
        return "repeat" not in self.definition

    def filled(self, values: Mapping[str, str]) -> JsonObject:
        """Return the definition with its gaps filled; raises InvalidField."""
        given = {name: (values.get(name) or "").strip() for name in self.asks}
        for name, value in given.items():
            if not value:
                raise InvalidField(name, "required")
        return cast("JsonObject", _filled(self.definition, given))

    def gap_in(self, field: str) -> str | None:
        """Return the gap that fills a field of the definition; None without one."""
        texts = {
            place.removeprefix("."): text
            for place, text in places_of_texts(self.definition, "")
        }
        gaps = (name for name in self.asks if f"<<{name}>>" in texts.get(field, ""))
        return next(gaps, None)


def _filled(value: Json, given: Mapping[str, str]) -> Json:
    match value:
        case str():
            for name, text in given.items():
                value = value.replace(f"<<{name}>>", text)
            return value
        case list():
            return [_filled(one, given) for one in value]
        case dict():
            return {key: _filled(one, given) for key, one in value.items()}
    return value
