"""Placeholders of a request that are filled when it is sent: ids, times, secrets.

A request is rendered when its delivery is accepted. A value that is unknown then, or
must not be stored, is written as a placeholder in single braces, such as `{id}` or
`{secret:token}`. Only the request's own templates can have one: the same characters in
a rendered value stay as they are.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
import re
import secrets

from ...base import InvalidField, Json, UnreadablePayload

SECRET = "secret:"  # noqa: S105 - a prefix
_MOMENTS = ("occurred", "ended", "sent")
_FORMATS = ("at", "s", "ms", "ns")
NUMBERS = frozenset(f"{moment}_{unit}" for moment in _MOMENTS for unit in ("s", "ms"))
"""Slots that become a JSON number if they are a whole value. Nanoseconds do not: most
JSON parsers lose their last digits."""
OF_START = frozenset({"id", *(f"occurred_{unit}" for unit in _FORMATS)})
OF_END = frozenset({"start_id", *(f"ended_{unit}" for unit in _FORMATS)})
"""Slots that only the end of a request has."""
OF_ATTEMPT = frozenset(f"sent_{unit}" for unit in _FORMATS)
"""Slots that change with each attempt, so only headers may have them."""
_KNOWN = OF_START | OF_END | OF_ATTEMPT

_SLOT = re.compile(
    rf"(?<!\{{)\{{(?P<name>{'|'.join(sorted(_KNOWN))}|{SECRET}[a-z0-9_]{{1,40}})\}}(?!\}})"
)
SECRET_NAME = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
"""Valid names of a connection's secrets."""


@dataclass(frozen=True)
class Slot:
    """A placeholder in a text."""

    name: str


type Written = tuple[str | Slot, ...]
"""A text as it is sent, with its slots still open."""


class Marker:
    """Takes placeholders out of templates while they are rendered.

    Each is replaced by a word that no template or value can contain, and that no
    encoding changes. A template is marked the same way each time, so that results can
    be cached.
    """

    def __init__(self) -> None:
        """Choose the word."""
        self._halves = (secrets.token_hex(8), secrets.token_hex(8))
        self._word = "slot" + "".join(self._halves)
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._mark = re.compile(rf"{self._word}x(\d+)x")
        self._quoted_mark = re.compile(rf'"{self._mark.pattern}"')
        self.mark = lru_cache(maxsize=500)(self._marked)
        """Returns a template with words in place of its placeholders."""

    def _marked(self, template: str) -> str:
        def marked(found: re.Match[str]) -> str:
            name = found["name"]
            if name not in self._numbers:
                self._numbers[name] = len(self._names)
                self._names.append(name)
            return f"{self._word}x{self._numbers[name]}x"

        return _SLOT.sub(marked, template)

    def split(self, text: str, field: str) -> Written:
        """Return a rendered text with its slots.

        Raises InvalidField if a template has changed a placeholder.
        """
        if not any(half in text.lower() for half in self._halves):
            return (text,) if text else ()
        parts: list[str | Slot] = []
        for number, part in enumerate(self._mark.split(text)):
            if number % 2:
                parts.append(Slot(self._names[int(part)]))
            elif any(half in part.lower() for half in self._halves):
                raise InvalidField(field, "placeholder_in_expression")
            elif part:
                parts.append(part)
        return tuple(parts)

    def shown(self, text: str) -> str:
        """Return a text for people, with its placeholders as they were written.

        The word must stay unknown: a value with it would be taken for a placeholder.
        """
        return self._mark.sub(lambda found: f"{{{self._names[int(found[1])]}}}", text)

    def numbers_bare(self, encoded: str) -> str:
        """Return JSON in which number slots have no quotes."""

        def bare(found: re.Match[str]) -> str:
            name = self._names[int(found[1])]
            return found[0][1:-1] if name in NUMBERS else found[0]

        return self._quoted_mark.sub(bare, encoded)


def names_in(text: str) -> Iterator[str]:
    """Yield the names of the placeholders in a template."""
    for found in _SLOT.finditer(text):
        yield found["name"]


def literal(text: str) -> Written:
    """Return a text without templates, with its slots."""
    if "{" not in text:
        return (text,) if text else ()
    parts = _SLOT.split(text)
    return tuple(
        Slot(part) if number % 2 else part for number, part in enumerate(parts) if part
    )


def has_slots(written: Written) -> bool:
    """Return whether a text has slots; neighbouring texts are always joined."""
    return len(written) > 1 or (bool(written) and isinstance(written[0], Slot))


def fill(
    written: Written, values: Callable[[str], str], encode: Callable[[str], str]
) -> str:
    """Return a text with its slots filled, each value encoded for its place."""
    return "".join(
        [
            encode(values(part.name)) if isinstance(part, Slot) else part
            for part in written
        ]
    )


def dump(written: Written) -> Json:
    """Return a text with slots as JSON: a string if it has none."""
    match written:
        case ():
            return ""
        case (str(text),):
            return text
    return [{"slot": part.name} if isinstance(part, Slot) else part for part in written]


def load(stored: Json) -> Written:
    """Read the result of `dump`; raises UnreadablePayload."""
    match stored:
        case "":
            return ()
        case str():
            return (stored,)
        case list():
            return tuple(_part(part) for part in stored)
    raise UnreadablePayload("a text with placeholders")


def _part(stored: Json) -> str | Slot:
    match stored:
        case str():
            return stored
        case {"slot": str(name)} if name in _KNOWN or name.startswith(SECRET):
            return Slot(name)
    raise UnreadablePayload("a placeholder")


def moments(moment: datetime, prefix: str) -> Mapping[str, str]:
    """Return a time in the four formats of slots: ISO 8601, s, ms and ns."""
    utc = moment.astimezone(UTC)
    microseconds = (utc - datetime.fromtimestamp(0, UTC)) // _MICROSECOND
    return {
        f"{prefix}_at": utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        f"{prefix}_s": str(microseconds // 1_000_000),
        f"{prefix}_ms": str(microseconds // 1000),
        f"{prefix}_ns": f"{microseconds}000",
    }


_MICROSECOND = datetime.resolution
