"""The live event that a call changes."""

from typing import ClassVar

from ...target import EventTarget
from ..api.models import EVENT_ID
from .fields import LONGEST_LINE


class Target(EventTarget):
    """The live event meant."""

    pattern = EVENT_ID
    example: ClassVar[str] = "5f0c6f0a-2f5d-4f0e-9a58-0d6c8e1f7b42"
    longest: ClassVar[int] = LONGEST_LINE
