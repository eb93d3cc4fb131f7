"""Whatever happens: waking a worker that sleeps changes nothing.

That is what "it has nothing to do" means, without a second account of what there is
to do. Half of the machine's lives end without being woken at all: then everything
must have ended by the worker's own timers.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, override

from hypothesis import Phase, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from custom_components.event_relay.queue.in_flight import InFlight
from custom_components.event_relay.queue.worker import Worker

from ..search_effort import THOROUGH
from .searching import Steps, replay, search
from .world import Fault, World

KINDS: dict[str, dict[str, Any]] = {
    "one": {"steps": ("write",)},
    "several": {"steps": ("write", "note")},
    "in a lane": {"steps": ("write",), "lane": "door"},
    "un-askable": {"steps": ("stamp",)},
    "expiring": {"steps": ("write",), "seconds": 7},
}
FAULTS = [one for one in Fault if one not in (Fault.HANGS, Fault.HANGS_FIRST)]


class Sleep(RuleBasedStateMachine):
    """Slow answers, faults, and time that goes by in pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.temporary = TemporaryDirectory()
        self.world = World(Path(self.temporary.name), claims_ahead=8, health_check=True)
        self.number = 0
        self.world.outside.slowness = 11

    @rule(
        kind=st.sampled_from([*KINDS]),
        number=st.sampled_from([1, 4, 12]),
        live=st.booleans(),
    )
    def accept(self, kind: str, number: int, live: bool) -> None:
        for _ in range(number):
            self._ask(live=live, **KINDS[kind])

    @precondition(lambda self: self.world.rows())
    @rule(which=st.integers(0, 99))
    def accept_what_follows(self, which: int) -> None:
        rows = self.world.rows()
        start = rows[which % len(rows)]
        self._ask(steps=("note",), after=start["follows"] or start["id"])

    def _ask(self, *, live: bool = False, **data: object) -> None:
        """Ask for a line; a full disk refuses it."""
        self.number += 1
        asked = self.world.ask(f"d{self.number}", live=live, **data)
        if asked.done():
            asked.exception()

    @rule(seconds=st.sampled_from([0, 1.5, 6, 11, 40]))
    def slow_down(self, seconds: float) -> None:
        self.world.outside.slowness = seconds

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=3))
    def fail_next(self, faults: list[Fault]) -> None:
        self.world.outside.answers += faults

    @rule(paused=st.booleans(), full=st.booleans())
    def hinder(self, paused: bool, full: bool) -> None:
        world = self.world
        world.database.full = full
        if paused != world.house.worker._flow_control.paused:
            worker = world.house.worker
            (worker.pause if paused else worker.resume)()
        world.loop.settle()

    @rule(seconds=st.sampled_from([0.3, 3, 7, 12, 25, 100]), wake_in_vain=st.booleans())
    def let_time_go_by(self, seconds: float, wake_in_vain: bool) -> None:
        world = self.world
        world.loop.forward(seconds=seconds)
        if wake_in_vain:
            before = self._seen()
            world.house.worker.wake()
            world.loop.settle()
            assert self._seen() == before

    def _seen(self) -> object:
        """Return all that a user or the backend can see; a claim alone is not."""
        outside = self.world.outside
        states = {
            one: "waits" if state.value in ("pending", "sending") else state.value
            for one, state in self.world.on_file().items()
        }
        return states, dict(outside.asked), outside.look_ups, outside.in_flight

    @invariant()
    def keeps_the_promise(self) -> None:
        self.world.loop.settle()
        self.world.look()
        assert not self.world.wrongs, self.world.wrongs

    @override
    def teardown(self) -> None:
        world = self.world
        try:
            if world.wrongs:
                return
            world.heal()
            assert not world.unsettled()
        finally:
            world.close()
            self.temporary.cleanup()


def test_a_worker_that_sleeps_has_nothing_to_do() -> None:
    search(Sleep, 20_000 if THOROUGH else 40, 8, derandomize=not THOROUGH)


def _forgets_what_is_claimed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(InFlight, "next_at", None)
    patch.setattr(InFlight, "holds_any", False)


def _sleeps_over_what_falls_due(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Worker, "_pause_after", lambda *_: None)


FOUND: dict[Callable[[pytest.MonkeyPatch], None], Steps] = {
    _forgets_what_is_claimed: [
        (Sleep.accept, {"kind": "one", "number": 4, "live": False}),
    ],
    _sleeps_over_what_falls_due: [
        (Sleep.accept, {"kind": "one", "number": 12, "live": False}),
    ],
}
"""What the search has found of each."""


@pytest.mark.parametrize("sabotage", FOUND)
def test_finds_a_worker_that_oversleeps(
    sabotage: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(Sleep, FOUND[sabotage])
    sabotage(monkeypatch)

    with pytest.raises((AssertionError, ExceptionGroup)):
        replay(Sleep, FOUND[sabotage])
    if THOROUGH:
        with pytest.raises((AssertionError, ExceptionGroup)):
            search(Sleep, 300, 8, Phase.generate)
