"""Computes when time, schedule and calendar triggers were due."""

from .missed import missed_occurrences, occurrence_of, recurs
from .occurrence import LONGEST, MOST, CannotTell, Occurrence

__all__ = [
    "LONGEST",
    "MOST",
    "CannotTell",
    "Occurrence",
    "missed_occurrences",
    "occurrence_of",
    "recurs",
]
