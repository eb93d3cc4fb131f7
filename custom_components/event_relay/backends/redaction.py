"""Redact a backend's messages: one line, without secrets and payload texts.

Every client's messages pass through here before they are stored, logged or shown.
Confidential are the credentials, which the transport knows, and the texts of a payload,
which the queue names while a step of it runs.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
import json
import re
from urllib.parse import quote, quote_plus

from .base import Json

HIDDEN = "•••"
"""Replaces what is removed."""
MAXIMUM = 300
"""Characters kept of a backend's message."""
LOOKED_AT = 4_000
"""Characters examined; the rest is never kept."""
SHORT = 4
"""A shorter secret is only removed as a whole word: "on" stays in "only"."""
RUN = 12
"""Length of a repeated part that gives a longer text away."""
MOST_TEXTS = 500
MOST_TOLD = 20_000
"""Most texts, and most characters of them, that are searched for; beyond that no
message is kept."""
TELLING = 10_000
"""A whole number from here on may be confidential, such as a telephone number."""

_SEED = RUN // 2
"""Every run contains at least one whole piece of a text of this length."""
type _Confided = tuple[Mapping[str, Json], Collection[str]]
_CONFIDED: ContextVar[_Confided] = ContextVar("confided", default=({}, ()))


@contextmanager
def redacting(
    payload: Mapping[str, Json], public: Collection[str] = ()
) -> Iterator[None]:
    """Let no message that is read in this context repeat a text of a payload.

    `public` are the fields that may be repeated.
    """
    before = _CONFIDED.set((payload, public))
    try:
        yield
    finally:
        _CONFIDED.reset(before)


def redact(words: str, secrets: Collection[str] = ()) -> str:
    """Return a message in one line, without secrets and confidential texts.

    Empty if there are too many confidential texts to search for quickly.
    """
    texts = {*secrets, *_confided()}
    if len(texts) > MOST_TEXTS or sum(map(len, texts)) > MOST_TOLD:
        return ""
    told = {spelling for text in texts for spelling in _spellings(text) if spelling}
    line = _one_line(words[:LOOKED_AT])
    line = _without_runs(line, [text for text in told if len(text) >= RUN])
    folded = _folded(line)
    for text in sorted(told, key=len, reverse=True):
        if len(text) < RUN and _folded(text) in folded:
            line = _pattern(text).sub(HIDDEN, line)
            folded = _folded(line)
    return line[:MAXIMUM]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _confided() -> Iterator[str]:
    """Yield the payload texts of the running step; most steps never call this."""
    payload, public = _CONFIDED.get()
    for name, value in payload.items():
        if name not in public:
            yield from _texts(value)


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts in a value, and numbers large enough to be confidential."""
    match value:
        case str():
            yield value
        case int() if abs(value) >= TELLING:
            yield str(value)
        case list():
            for inner in value:
                yield from _texts(inner)
        case dict():
            for inner in value.values():
                yield from _texts(inner)


def _spellings(text: str) -> Iterator[str]:
    """Yield a text as a backend may spell it: as it is, in JSON, HTML, an address."""
    if text.isascii() and text.isalnum():
        yield text
        return
    for spelling in (
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        escape(text),
        quote(text, safe="", errors="replace"),
        quote_plus(text, errors="replace"),
    ):
        yield _one_line(spelling)


def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern that finds a text, in any case."""
    quoted = re.escape(text)
    if len(text) < SHORT:
        quoted = rf"(?<!\w){quoted}(?!\w)"
    return re.compile(quoted, re.IGNORECASE)


def _folded(text: str) -> str:
    """Return a text of the same length without the case of its letters."""
    folded = text.casefold()
    if len(folded) != len(text):
        folded = "".join(
            one if len(one) == 1 else sign
            for sign, one in ((sign, sign.casefold()) for sign in text)
        )
    return folded


def _without_runs(line: str, texts: Collection[str]) -> str:
    """Return a line without long texts and longer parts of them.

    The time it takes grows with the lengths of line and texts only.
    """
    folded = _folded(line)
    grams = {folded[at : at + _SEED] for at in range(len(folded) - _SEED + 1)}
    hidden = [False] * len(line)
    for text in texts:
        told = _folded(text)
        seeds = grams & {
            told[at : at + _SEED] for at in range(0, len(told) - _SEED + 1, _SEED)
        }
        if seeds:
            for first, last in _runs(folded, told, seeds):
                hidden[first:last] = [True] * (last - first)
    kept: list[str] = []
    for at, sign in enumerate(line):
        if not hidden[at]:
            kept.append(sign)
        elif not at or not hidden[at - 1]:
            kept.append(HIDDEN)
    return "".join(kept)


def _runs(line: str, text: str, seeds: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a line that repeat a text, which contain a seed."""
    places = [
        at for at in range(len(line) - _SEED + 1) if line[at : at + _SEED] in seeds
    ]
    start = 0
    for place in places:
        start = max(start, place + _SEED - RUN)
        while start <= min(place, len(line) - RUN):
            if (found := text.find(line[start : start + RUN])) < 0:
                start += 1
                continue
            end, same = start + RUN, found + RUN
            while end < len(line) and same < len(text) and line[end] == text[same]:
                end += 1
                same += 1
            yield start, end
            start = end - RUN + 1
