"""Reading the fields that only Frigate has; wrong ones become an InvalidField."""

import re

from ..base import InvalidField
from ..fields import LONGEST_DESCRIPTION, LONGEST_NAME, line, number, whole

PROSE = {"sub_label": LONGEST_NAME, "description": LONGEST_DESCRIPTION}
"""Characters of what people write; the column of a sub label has no more (source)."""

LONGEST_DURATION = 86_400
"""Seconds that an event may last: a day. Frigate has no limit of its own (0.18, run),
and who wants more can end the event by a call."""
LONGEST_PRE_CAPTURE = 3600
"""Seconds that an event may begin early: recordings from before are long cut."""

_QUOTED = re.compile(r"%(?:2f|5c|00|2e)", re.IGNORECASE)
_LABEL_TAKEN_APART = ("/", "\\", ": ")
"""In a path the slashes begin another segment; ": " is how Frigate joins the label
with the sub label, and it does not find the label again (0.18, source)."""


def duration(value: object, name: str) -> int:
    """Read how long an event lasts, in seconds."""
    return whole(value, name, minimum=1, maximum=LONGEST_DURATION)


def pre_capture(value: object, name: str) -> int:
    """Read how long before its occurrence an event begins, in seconds."""
    return whole(value, name, minimum=0, maximum=LONGEST_PRE_CAPTURE)


def score(value: object, name: str) -> float:
    """Read a score as Frigate shows its own: a fraction."""
    return number(value, name, minimum=0, maximum=1)


def camera(value: object, name: str) -> str:
    """Read the name of a camera; whether there is one, the live system knows."""
    if not (read := line(value, name)):
        raise InvalidField(name, "required")
    return read


def label(value: object, name: str) -> str:
    """Read a label, which becomes a segment of a path and must stay one.

    What nginx and Frigate do to it is from a run of 0.18.
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
