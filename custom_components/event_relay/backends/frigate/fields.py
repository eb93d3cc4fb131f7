"""Reading the fields that only Frigate has; wrong ones become an InvalidField."""

import re

from ..base import InvalidField
from ..fields import line, number

LONGEST_DURATION = 86_400
"""Seconds that an event may last: a day. Frigate has no limit of its own (0.18, run),
and who wants more can end the event by a call."""
LONGEST_PRE_CAPTURE = 3600
"""Seconds that an event may begin early: recordings from before are long cut."""

_QUOTED = re.compile(r"%(?:2f|5c|00|2e)", re.IGNORECASE)
_LABEL_TAKEN_APART = ("/", "\\", ": ")
"""In a path the slashes begin another segment; ": " is how Frigate joins the label
with the sub label, and it does not find the label again (0.18, source)."""


def score(value: object, name: str) -> float:
    """Read a score as Frigate shows its own: a fraction."""
    return number(value, name, minimum=0, maximum=1)


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
