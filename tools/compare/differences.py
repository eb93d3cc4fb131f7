"""What two sides did differently."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
import json
from typing import override

from tools.simulators.wire import Json

from .response import Facts

type Observations = Mapping[str, Facts]
"""What was seen, by the name of the step."""

_ABSENT = "(nothing)"
_SECONDS = 2
"""By how much times of two sides may differ: each was asked at its own moment."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One fact of one step that is not the same."""

    step: str
    fact: str
    """`status`, `header Allow`, or a way into the body: `body.data.score`."""
    live: Json
    simulated: Json

    @override
    def __str__(self) -> str:
        """Return it in lines for people."""
        return (
            f"{self.step}: {self.fact}\n"
            f"    live      {json.dumps(self.live, ensure_ascii=False)}\n"
            f"    simulator {json.dumps(self.simulated, ensure_ascii=False)}"
        )


@dataclass(frozen=True, kw_only=True)
class Known:
    """A difference that is as it should be, and why."""

    step: str
    """An fnmatch pattern."""
    fact: str
    """An fnmatch pattern."""
    why: str

    def covers(self, difference: Difference) -> bool:
        """Return whether this is about that."""
        return fnmatchcase(difference.step, self.step) and fnmatchcase(
            difference.fact, self.fact
        )


def differences(live: Observations, simulated: Observations) -> list[Difference]:
    """Return all differences, in the order of the steps."""
    return [
        Difference(step=step, fact=fact, live=one, simulated=other)
        for step in dict.fromkeys((*live, *simulated))
        for fact, one, other in _apart("", live.get(step), simulated.get(step))
    ]


def unknown(found: Iterable[Difference], known: Sequence[Known]) -> list[Difference]:
    """Return the differences that no known one covers."""
    return [each for each in found if not any(one.covers(each) for one in known)]


def _apart(
    way: str, one: Json | Facts, other: Json | Facts
) -> Iterator[tuple[str, Json, Json]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*one, *other)):
            yield from _apart(
                f"{way}.{name}" if way else name,
                one.get(name, _ABSENT),
                other.get(name, _ABSENT),
            )
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _apart(f"{way}[{number}]", mine, theirs)
    elif way.endswith("_time") and _is_about(one, other):
        return
    elif one != other or type(one) is not type(other):
        yield way, one, other


def _is_about(one: Json | Facts, other: Json | Facts) -> bool:
    """Say whether two values are times, in seconds, that are nearly the same."""
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    return abs(one - other) <= _SECONDS
