"""Warnings about the parts of an arrived delivery that may have failed.

A warning is stored as its English sentence. Its code and values are parsed from that,
so that it can be shown in any language, even if an earlier version stored it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
import re


class OwnWarning(StrEnum):
    """All sentences of ours; a backend's message about a step is not among them."""

    SPACED = "{field} has line breaks or control characters, sent as spaces"
    CUT = "{field} is too long and was cut to {maximum} characters"
    CUT_BYTES = "{field} is too long and was cut to {maximum} bytes"
    NO_ID = "the answer has no id where the request looks for one"
    UNREADABLE_ANSWER = "what was answered cannot be read"
    CUT_SHORT = "the rest was not sent: the connection does not lead to {address} now"

    def of(self, **values: object) -> str:
        """Return the sentence with its values."""
        return self.value.format_map(values)

    @property
    def code(self) -> str:
        """Return its translation key."""
        return self.name.lower()


def recognised(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the code and values of a warning; None for a backend's own message."""
    for warning in OwnWarning:
        if found := _pattern(warning).fullmatch(sentence):
            return warning.code, found.groupdict()
    return None


@cache
def _pattern(warning: OwnWarning) -> re.Pattern[str]:
    """Return the pattern of a sentence with any values."""
    parts = re.split(r"{(\w+)}", warning.value)
    return re.compile(
        "".join(
            f"(?P<{part}>.+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        ),
        re.DOTALL,
    )
