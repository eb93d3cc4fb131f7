"""The words of a report: none of them is taken over from the live system unread.

A report is pasted into a public issue. So what a system says is never quoted: it is
recognised as one of the words that the code knows, as a number, or as a name that only
the system's programmers choose, such as an error code.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
import re
from typing import NewType

from custom_components.event_relay.backends.base import Json

Word = NewType("Word", str)
"""A text that may be published. Outside this module it is only made of literals."""
type Telling = Word | int | float
"""What a report may say of a thing that was seen."""

SILENCE = Word("")
NOTHING = Word("nothing")
ANOTHER = Word("another value")
_SPACE = Word(" ")

_VERSION = re.compile(r"v?\d{1,4}(\.\d{1,4}){0,4}(-(dev|alpha|beta|rc)\d{0,2})?")
_NAME = re.compile(r"(ft\.)?[A-Za-z][A-Za-z_]{1,40}", re.ASCII)
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_LONGEST_CODE = 999_999


def chosen(value: Json, known: Collection[str]) -> Word:
    """Return a text if it is a known one; else only that it is another."""
    if value is None:
        return NOTHING
    return Word(value) if isinstance(value, str) and value in known else ANOTHER


def flagged(value: object) -> Word:
    """Return yes or no."""
    return Word("yes" if value else "no")


def joined(*parts: Telling, by: Word = _SPACE) -> Word:
    """Return words and numbers in a row."""
    return Word(by.join(map(str, parts)))


def matching(value: Json, pattern: re.Pattern[str]) -> Word:
    """Return a text whose form leaves no room for anything personal."""
    if isinstance(value, str) and pattern.fullmatch(value):
        return Word(value)
    return NOTHING if value is None else ANOTHER


def version(value: Json) -> Word:
    """Return a version number, if it has the form of one."""
    return matching(value, _VERSION)


def names(values: Collection[str], confided: Collection[str]) -> Word:
    """Return names that programmers chose, such as keys; nothing that is confided."""
    kept = [name for name in sorted(values) if _is_plain(name, confided)]
    hidden = len(values) - len(kept)
    if hidden:
        kept.append(f"{hidden} more")
    return joined(*map(Word, kept), by=Word(", ")) if kept else NOTHING


def but(values: Collection[str], confided: Collection[str] = ()) -> Word:
    """Return which names are an exception; silence where none is."""
    return joined(Word("not"), names(values, confided)) if values else SILENCE


def code(value: Json, confided: Collection[str]) -> Word:
    """Return an error code, which is a number or a name."""
    if isinstance(value, int) and 0 <= value <= _LONGEST_CODE:
        return Word(str(int(value)))
    if isinstance(value, str) and value:
        return names([value], confided)
    return NOTHING


def form_of_time(value: Json) -> Word:
    """Return in which form a time is written, and nothing of the time."""
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
    """Yield all texts in a value; names of keys are none."""
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
    """Say whether a name is one that programmers chose."""
    lowered = name.casefold()
    if not _NAME.fullmatch(name):
        return False
    return not any(text and text.casefold() in lowered for text in confided)
