"""The rules and mirrors under torture, on connections that actions use as well."""

from collections.abc import Iterator, Sequence

from tools.torture.targets import AnyTarget
from tools.torture.targets.aipix import AipixTarget
from tools.torture.targets.frigate import FrigateTarget
from tools.torture.targets.guance import GuanceTarget
from tools.torture.targets.http import LookedUpTarget, RepeatedTarget
from tools.torture.targets.palabra import PalabraTarget
from tools.torture.wall_clock import Span

from .calendar import CalendarMirror
from .clock import ClockRule
from .events import GuanceRule, MarkRule, NoteRule
from .follower import Follower
from .schedule import ScriptMirror
from .switches import AlarmRule, SwitchRule
from .visits import VisitRule

__all__ = ["Follower", "make_followers"]


def make_followers(
    targets: Sequence[AnyTarget], off: Sequence[Span] = ()
) -> Sequence[Follower]:
    """Return the followers of some targets; `off` are the times of a wrong clock."""
    return [follower for target in targets for follower in _followers(target, off)]


def _followers(target: AnyTarget, off: Sequence[Span]) -> Iterator[Follower]:
    match target:
        case FrigateTarget():
            yield SwitchRule(f"{target.name} rule", target)
            yield VisitRule(f"{target.name} visits", target)
        case GuanceTarget():
            yield GuanceRule("guance rule", target)
        case AipixTarget():
            yield MarkRule("aipix rule", target)
            yield ClockRule("aipix clock", target, off)
            yield ScriptMirror("aipix mirror", target)
        case PalabraTarget():
            yield CalendarMirror("palabra mirror", target)
        case RepeatedTarget():
            yield AlarmRule("http alarm", target)
        case LookedUpTarget():
            yield NoteRule("http rule", target)
