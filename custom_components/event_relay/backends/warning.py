"""What may not have worked of a delivery that arrived: sentences, and their codes.

A warning is kept as its sentence in English. Its code and values are read from that, so
that it can be shown in any language, also where an earlier version has kept it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
import re


class OwnWarning(StrEnum):
    """All sentences of ours; what a backend says of a step is its own."""

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
        """What texts call it."""
        return self.name.lower()


def recognised(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the code and the values of a warning; None for words of a backend."""
    for warning in OwnWarning:
        if found := _pattern(warning).fullmatch(sentence):
            return warning.code, found.groupdict()
    return None


@cache
def _pattern(warning: OwnWarning) -> re.Pattern[str]:
    """Return what a sentence with any values looks like."""
    parts = re.split(r"{(\w+)}", warning.value)
    return re.compile(
        "".join(
            f"(?P<{part}>.+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        ),
        re.DOTALL,
    )
