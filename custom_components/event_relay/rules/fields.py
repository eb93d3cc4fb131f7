"""The fields of a rule: each is a value or a template that renders one."""

from ast import literal_eval
from collections.abc import Callable, Mapping
from contextlib import suppress
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv, template
import voluptuous as vol

from ..backends.base import Shape
from .triggers import CannotAttach

_ONE_EXPRESSION = re.compile(r"\{\{-?((?:(?!\{\{|\}\}).)*?)-?\}\}", re.DOTALL)
"""A template that consists of one expression."""


_MAY_BE_VALUE = re.compile(r"[-\d(\[{]|b['\"]|None|True|False|set\(\)")
"""How text that may be a Python literal begins; skips parsing most text."""
_IS_LIST = "is sequence and {} is not string and {} is not mapping"
_CONTAINERS = (list, tuple, set, dict)
_NUMBERS: tuple[type[int], type[float]] = (int, float)


class CannotRender(TemplateError):
    """Some fields cannot be rendered; `reasons` gives the reason for each."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Initialize with the reasons by field name."""
        super().__init__("; ".join(f"{name}: {why}" for name, why in reasons.items()))
        self.reasons = reasons


class Field:
    """One field of a rule, ready to be rendered by its shape."""

    def __init__(self, hass: HomeAssistant, raw: object, shape: Shape) -> None:
        """Parse its templates; raises vol.Invalid for a broken one."""
        self._hass = hass
        self._read = cv.template_complex(raw)
        self._shape = shape
        self.templated = template.is_complex(self._read)
        """Whether it contains a template."""

    def render(self, variables: Mapping[str, Any], *, strict: bool = False) -> object:
        """Return the rendered value; None if it is empty.

        An unknown variable is empty, or an error if `strict`. Raises TemplateError.
        """
        read = self._read
        if isinstance(read, template.Template) and self._shape is not Shape.TEXT:
            value = self._render_structure(read, variables, strict=strict)
        else:
            value = self._render_parts(read, variables, strict=strict)
        return None if value == "" else value

    def _render_structure(
        self, whole: template.Template, variables: Mapping[str, Any], *, strict: bool
    ) -> object:
        """Return the list or mapping that a template renders, or its text."""
        words = _text(whole, variables, strict=strict)
        value = _literal(words)
        if value is None or isinstance(value, _CONTAINERS):
            return _plain(value)
        return _as_shaped(words, self._shape)

    def _render_parts(
        self, read: object, variables: Mapping[str, Any], *, strict: bool
    ) -> object:
        """Return a value with its templates rendered."""
        match read:
            case template.Template():
                return self._render_leaf(read, variables, strict=strict)
            case list():
                return self._render_list(read, variables, strict=strict)
            case dict():
                return {
                    self._render_parts(
                        key, variables, strict=strict
                    ): self._render_parts(one, variables, strict=strict)
                    for key, one in read.items()
                }
        return read

    def _render_list(
        self, read: list[object], variables: Mapping[str, Any], *, strict: bool
    ) -> list[object]:
        """Return a rendered list; lists that its templates render are flattened."""
        entries: list[object] = []
        for one in read:
            if (
                self._shape is Shape.TEXTS
                and isinstance(one, template.Template)
                and self._passes(one, _IS_LIST, variables)
            ):
                given = self._render_structure(one, variables, strict=strict)
                entries += given if isinstance(given, list) else [given]
            else:
                entries.append(self._render_parts(one, variables, strict=strict))
        return entries

    def _passes(
        self, asked: template.Template, test: str, variables: Mapping[str, Any]
    ) -> bool:
        """Return whether the value of a single-expression template passes a test.

        `{}` in the test stands for the expression.
        """
        if (found := _ONE_EXPRESSION.fullmatch(asked.template)) is None:
            return False
        value = f"({found[1]})"
        question = template.Template(
            f"{{{{ {value} {test.replace('{}', value)} }}}}", self._hass
        )
        return question.async_render(variables) is True

    def _render_leaf(
        self, leaf: template.Template, variables: Mapping[str, Any], *, strict: bool
    ) -> object:
        """Return the text of a template; None if its one expression is none.

        The text `None` alone does not say so: an entity may have it as its state.
        """
        words = _text(leaf, variables, strict=strict)
        if words == "None" and self._passes(leaf, "is none", variables):
            return None
        return _as_shaped(words, self._shape)


class Fields:
    """The fields of a rule, ready to be rendered."""

    def __init__(
        self,
        hass: HomeAssistant,
        raw: Mapping[str, Any],
        shape_of: Callable[[str], Shape],
    ) -> None:
        """Parse their templates; raises CannotAttach for a broken one."""
        self._fields: dict[str, Field] = {}
        for name, value in raw.items():
            try:
                self._fields[name] = Field(hass, value, shape_of(name))
            except vol.Invalid as error:
                raise CannotAttach(f"{name}: {error}") from error

    def render(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rendered fields without the empty ones.

        Raises CannotRender, which names all fields that cannot be rendered.
        """
        rendered: dict[str, Any] = {}
        reasons: dict[str, str] = {}
        for name, field in self._fields.items():
            try:
                value = field.render(variables)
            except TemplateError as error:
                reasons[name] = str(error)
                continue
            if value is not None:
                rendered[name] = value
        if reasons:
            raise CannotRender(reasons)
        return rendered


def _text(
    read: template.Template, variables: Mapping[str, Any], *, strict: bool
) -> str:
    """Return the text that a template renders, unparsed and stripped."""
    words: str = read.async_render(variables, parse_result=False, strict=strict)
    return words


def _as_shaped(words: str, shape: Shape) -> object:
    """Return text as it is; for JSON the value that it is the exact literal of."""
    if shape is not Shape.JSON:
        return words
    value = _literal(words)
    return _plain(value) if str(value) == words else words


def _number(words: str) -> float | None:
    """Return the number that a text is the exact literal of, if it is one.

    Most values are numbers, and `literal_eval` takes long and leaves a reference cycle.
    """
    if words[-1:].isdigit():
        for kind in _NUMBERS:
            with suppress(ValueError):
                if str(number := kind(words)) == words:
                    return number
    return None


def _plain(value: object) -> object:
    """Return a Python value as JSON; text for types that JSON does not have."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dict():
            return {_plain(key): _plain(one) for key, one in value.items()}
        case list() | tuple() | set():
            return [_plain(one) for one in value]
    return str(value)


def _literal(words: str) -> object:
    """Return the Python literal in a text, as Home Assistant parses templates."""
    if _MAY_BE_VALUE.match(words) is None:
        return words
    if (number := _number(words)) is not None:
        return number
    try:
        return literal_eval(words)
    except ValueError, TypeError, SyntaxError, MemoryError, RecursionError:
        return words
