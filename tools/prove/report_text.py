"""The words of a report: none is copied from the live system unchecked.

A report is pasted into a public issue. So the system's texts are never quoted: they are
matched with words that the code knows, numbers, or names that only the system's
programmers choose, such as error codes.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
import re
from typing import NewType

from custom_components.event_relay.backends.base import Json

Word = NewType("Word", str)
"""A text that may be published. Outside this module it is only made from literals."""
type Telling = Word | int | float
"""A publishable value."""

SILENCE = Word("")
NOTHING = Word("nothing")
ANOTHER = Word("another value")
_SPACE = Word(" ")

_VERSION = re.compile(r"v?\d{1,4}(\.\d{1,4}){0,4}(-(dev|alpha|beta|rc)\d{0,2})?")
_NAME = re.compile(r"(ft\.)?[A-Za-z][A-Za-z_]{1,40}", re.ASCII)
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_LONGEST_CODE = 999_999


def chosen(value: Json, known: Collection[str]) -> Word:
    """Return a text if it is known; else only that it is another one."""
    if value is None:
        return NOTHING
    return Word(value) if isinstance(value, str) and value in known else ANOTHER


def flagged(value: object) -> Word:
    """Return yes or no."""
    return Word("yes" if value else "no")


def joined(*parts: Telling, by: Word = _SPACE) -> Word:
    """Return words and numbers joined by a separator."""
    return Word(by.join(map(str, parts)))


def matching(value: Json, pattern: re.Pattern[str]) -> Word:
    """Return a text whose format has no room for personal data."""
    if isinstance(value, str) and pattern.fullmatch(value):
        return Word(value)
    return NOTHING if value is None else ANOTHER


def version(value: Json) -> Word:
    """Return a version number, if it has the format of one."""
    return matching(value, _VERSION)


def names(values: Collection[str], confided: Collection[str]) -> Word:
    """Return names that programmers chose, such as keys, without confidential ones."""
    kept = [name for name in sorted(values) if _is_plain(name, confided)]
    hidden = len(values) - len(kept)
    if hidden:
        kept.append(f"{hidden} more")
    return joined(*map(Word, kept), by=Word(", ")) if kept else NOTHING


def but(values: Collection[str], confided: Collection[str] = ()) -> Word:
    """Return the exceptions by name; empty without any."""
    return joined(Word("not"), names(values, confided)) if values else SILENCE


def code(value: Json, confided: Collection[str]) -> Word:
    """Return an error code, which is a number or a name."""
    if isinstance(value, int) and 0 <= value <= _LONGEST_CODE:
        return Word(str(int(value)))
    if isinstance(value, str) and value:
        return names([value], confided)
    return NOTHING


def form_of_time(value: Json) -> Word:
    """Return the format of a time, without the time itself."""
    if not isinstance(value, str):
        return NOTHING if value is None else ANOTHER
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return ANOTHER
    zone = _ZONED.search(value)
    if zone is None:
        return Word("without a zone")
    return Word("with Z" if zone[0] == "Z" else "with an offset")


def texts(value: Json) -> Iterator[str]:
    """Yield all texts in a value, except the names of keys."""
    match value:
        case str():
            yield value
        case list():
            for inner in value:
                yield from texts(inner)
        case dict():
            for inner in value.values():
                yield from texts(inner)


def _is_plain(name: str, confided: Collection[str]) -> bool:
    """Return whether a name is one that programmers chose."""
    lowered = name.casefold()
    if not _NAME.fullmatch(name):
        return False
    return not any(text and text.casefold() in lowered for text in confided)
