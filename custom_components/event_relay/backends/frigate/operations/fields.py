"""Read the fields that only Frigate has; wrong ones raise InvalidField."""

import re

from ...base import InvalidField
from ...fields import line, number

LONGEST_DURATION = 86_400
"""Longest duration of an event in seconds: a day. Frigate has no limit of its own
(0.18, run). A longer event can be left open and ended by a call."""
LONGEST_PRE_CAPTURE = 3600
"""Longest pre-capture in seconds: earlier recordings were deleted long ago."""

_QUOTED = re.compile(r"%(?:2f|5c|00|2e)", re.IGNORECASE)
_LABEL_TAKEN_APART = ("/", "\\", ": ")
"""A slash begins another segment of a path. ": " is Frigate's separator between label
and sub label, and it cannot parse such a label (0.18, source)."""


def score(value: object, name: str) -> float:
    """Read a score as a fraction, as Frigate shows its own."""
    return number(value, name, minimum=0, maximum=1)


def label(value: object, name: str) -> str:
    """Read a label, which must stay one segment of a path.

    How nginx and Frigate treat it was seen in a run of 0.18.
    """
    read = line(value, name)
    if not read:
        raise InvalidField(name, "required")
    for part in _LABEL_TAKEN_APART:
        if part in read:
            raise InvalidField(name, "bad_character", character=part)
    if quoted := _QUOTED.search(read):
        raise InvalidField(name, "bad_character", character=quoted[0])
    if read.startswith(".") or read.endswith("."):
        raise InvalidField(name, "bad_character", character=".")
    return read
