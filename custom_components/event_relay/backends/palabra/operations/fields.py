"""Read the fields that only Palabra has; wrong ones raise InvalidField."""

from datetime import datetime
from functools import partial
import re

from ...base import InvalidField
from ...fields import line, moment, text

SHORTEST_TITLE = 3
LONGEST_TITLE = 100
"""Characters (vendor documentation)."""
LONGEST_LINE = 500
"""Characters of a place, an access code, a key: Palabra documents no limit."""
LONGEST_DESCRIPTION = 5000
"""Characters: Palabra documents no limit."""
MOST_LANGUAGES = 100
"""More than the languages that Palabra supports (66 documented)."""
EVENT_TYPES = {"in_person": "in-person", "online": "online"}
"""The values that are sent, by our names (vendor documentation)."""
LANGUAGE_MODES = ("off", "approval", "auto")
"""Whether listeners may request languages (vendor documentation)."""

LANGUAGES = (
    "ar",
    "ar-ae",
    "ar-sa",
    "az",
    "hy",
    "be",
    "bg",
    "bs",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "el",
    "en",
    "en-au",
    "en-ca",
    "en-gb",
    "en-us",
    "es",
    "es-mx",
    "es-co",
    "es-ar",
    "es-ch",
    "es-la",
    "et",
    "fi",
    "fil",
    "fr",
    "fr-ca",
    "gl",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "is",
    "it",
    "ja",
    "kk",
    "ko",
    "lt",
    "lv",
    "mk",
    "ms",
    "nl",
    "no",
    "pl",
    "pt",
    "pt-br",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "sw",
    "ta",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh",
    "zh-hans",
    "zh-hant",
)
"""The languages that Palabra supports (vendor documentation); others may be typed."""

_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,3}", re.ASCII)
_TIME_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}", re.ASCII)


def title(value: object, name: str) -> str:
    """Read the title of an event."""
    read = line(value, name, longest=LONGEST_LINE)
    if not read:
        raise InvalidField(name, "required")
    if len(read) < SHORTEST_TITLE:
        raise InvalidField(name, "too_short", minimum=str(SHORTEST_TITLE))
    return text(read, name, LONGEST_TITLE, allowed="")


def instant(value: object, name: str) -> datetime:
    """Read a time with its zone; fractions of a second are cut off, as in requests."""
    return moment(value, name).replace(microsecond=0)


def event_type(value: object, name: str) -> str:
    """Read the event type, by our name or Palabra's, and return Palabra's."""
    known = EVENT_TYPES
    wanted = value.strip().lower().replace("-", "_") if isinstance(value, str) else ""
    if wanted not in known:
        raise InvalidField(name, "not_one_of", known=", ".join(known))
    return known[wanted]


def language_mode(value: object, name: str) -> str:
    """Read whether listeners may request languages."""
    wanted = value.strip().lower() if isinstance(value, str) else ""
    if wanted not in LANGUAGE_MODES:
        raise InvalidField(name, "not_one_of", known=", ".join(LANGUAGE_MODES))
    return wanted


def yaml_off_as_text(value: object) -> object:
    """Undo that YAML reads `off` as false."""
    return "off" if value is False else value


def yaml_no_as_text(value: object) -> object:
    """Undo that YAML reads Norwegian, `no`, as false; in a list, too."""
    if isinstance(value, list | tuple):
        return [yaml_no_as_text(one) for one in value]
    return "no" if value is False else value


def languages(value: object, name: str) -> tuple[str, ...]:
    """Read languages in lower case, without duplicates.

    It is not documented which ones events take, so Palabra decides; only a text that is
    not a language code is refused. One text may name several, separated by commas.
    """
    if not isinstance(value, list | tuple):
        raise InvalidField(name, "not_a_list")
    read = partial(_language, name=name)
    found = dict.fromkeys(one for part in value for one in read(part))
    if len(found) > MOST_LANGUAGES:
        raise InvalidField(name, "too_many", maximum=str(MOST_LANGUAGES))
    return tuple(found)


def _language(value: object, name: str) -> list[str]:
    if not isinstance(value, str):
        raise InvalidField(name, "not_text")
    codes = [code.strip().lower().replace("_", "-") for code in value.split(",")]
    for code in codes:
        if not _LANGUAGE.fullmatch(code):
            raise InvalidField(name, "not_a_language", language=code[:40])
    return codes


def time_zone(value: object, name: str) -> str:
    """Read the name of a time zone; Home Assistant checks later that it exists."""
    read = value.strip() if isinstance(value, str) else ""
    if not _TIME_ZONE.fullmatch(read):
        raise unknown_time_zone(name)
    return read


def unknown_time_zone(name: str) -> InvalidField:
    """Return the error for an unknown time zone."""
    return InvalidField(name, "unknown_time_zone")


def in_order(start: datetime, end: datetime) -> None:
    """Refuse an end that is not after the start."""
    if end <= start:
        raise InvalidField("end", "not_after", other="start")
