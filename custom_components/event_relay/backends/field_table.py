"""The usual fields of operations."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
import math
from typing import Any, TypedDict, Unpack

from .base import InvalidField
from .field import Field, Kind
from .fields import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    description,
    flag,
    line,
    moment,
    number,
    whole,
)


class About(TypedDict, total=False):
    """What every kind of field may set; see `Field`."""

    required: bool
    expected: bool
    clears: bool
    public: bool
    secret: bool
    seldom: bool
    seldom_in_rule: bool
    shown_as: Mapping[str, object]
    in_rule: bool
    listed: bool
    example: object
    default: object
    prepare: Callable[[Any], Any]


def text_field(
    name: str,
    *,
    longest: int = LONGEST_NAME,
    prose: bool = False,
    read: Callable[[object, str], str] | None = None,
    **about: Unpack[About],
) -> Field:
    """Return a field for a text of one line; as `prose` it is cut, not refused."""
    return Field(
        name=name,
        kind=Kind.TEXT,
        read=read or partial(line, longest=longest),
        prose=longest if prose else None,
        **about,
    )


def lines_field(
    name: str,
    *,
    longest: int = LONGEST_DESCRIPTION,
    prose: bool = True,
    **about: Unpack[About],
) -> Field:
    """Return a field for a text of several lines; as `prose` it is cut, not refused."""
    return Field(
        name=name,
        kind=Kind.LINES,
        read=partial(description, longest=longest),
        prose=longest if prose else None,
        **about,
    )


def number_field(
    name: str,
    *,
    least: float,
    most: float,
    step: float | None = None,
    **about: Unpack[About],
) -> Field:
    """Return a field for a number; an integer unless a step is given."""
    read = partial(whole, minimum=math.ceil(least), maximum=math.floor(most))
    return Field(
        name=name,
        kind=Kind.NUMBER,
        read=read if step is None else partial(number, minimum=least, maximum=most),
        least=least,
        most=most,
        step=step,
        **about,
    )


def seconds_field(name: str, *, least: int, most: int, **about: Unpack[About]) -> Field:
    """Return a field for a duration in whole seconds."""
    return Field(
        name=name,
        kind=Kind.SECONDS,
        read=partial(whole, minimum=least, maximum=most),
        least=least,
        most=most,
        **about,
    )


def flag_field(name: str, **about: Unpack[About]) -> Field:
    """Return a field for yes or no."""
    return Field(name=name, kind=Kind.FLAG, read=flag, **about)


def time_field(
    name: str,
    *,
    read: Callable[[object, str], Any] = moment,
    **about: Unpack[About],
) -> Field:
    """Return a field for an instant."""
    return Field(name=name, kind=Kind.TIME, read=read, **about)


def choice_field(
    name: str,
    options: Iterable[str],
    *,
    translation_key: str = "",
    read: Callable[[object, str], Any] | None = None,
    **about: Unpack[About],
) -> Field:
    """Return a field for one of several words, in any case."""
    known = tuple(options)

    def one_of(value: object, name: str) -> str:
        if not isinstance(value, str):
            raise InvalidField(name, "not_text")
        if not (word := value.strip().lower()):
            raise InvalidField(name, "required")
        if word not in known:
            raise InvalidField(name, "not_one_of", known=", ".join(known))
        return word

    return Field(
        name=name,
        kind=Kind.CHOICE,
        read=read or one_of,
        options=known,
        translation_key=translation_key,
        **about,
    )


def list_field(
    name: str,
    read: Callable[[object, str], Any],
    *,
    options: Iterable[str] = (),
    **about: Unpack[About],
) -> Field:
    """Return a field for several texts or numbers, from the options or free."""
    return Field(name=name, kind=Kind.LIST, read=read, options=tuple(options), **about)


def mapping_field(
    name: str, read: Callable[[object, str], Any], **about: Unpack[About]
) -> Field:
    """Return a field for texts by name."""
    return Field(name=name, kind=Kind.MAPPING, read=read, **about)


def json_field(
    name: str, read: Callable[[object, str], Any], **about: Unpack[About]
) -> Field:
    """Return a field for lists and mappings whose values keep their types."""
    return Field(name=name, kind=Kind.JSON, read=read, **about)


def entity_field(name: str, domain: str, **about: Unpack[About]) -> Field:
    """Return a field for an entity that only Home Assistant knows.

    The forms of the backend resolve it to what the operation needs.
    """
    return Field(
        name=name,
        kind=Kind.ENTITY,
        read=line,
        options=(domain,),
        resolved=True,
        **about,
    )


def any_field(
    name: str, read: Callable[[object, str], Any], **about: Unpack[About]
) -> Field:
    """Return a field that takes any value."""
    return Field(name=name, kind=Kind.ANY, read=read, **about)
