"""Computes when time, schedule and calendar triggers were due."""

from .missed import add_variables, missed_occurrences, occurrence_of, recurs
from .occurrence import LONGEST, MOST, CannotTell, Occurrence

__all__ = [
    "LONGEST",
    "MOST",
    "CannotTell",
    "Occurrence",
    "add_variables",
    "missed_occurrences",
    "occurrence_of",
    "recurs",
]
