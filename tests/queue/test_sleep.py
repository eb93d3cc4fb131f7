"""Tests with random sequences that waking a sleeping worker changes nothing."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
import pytest

from custom_components.event_relay.queue.in_flight import InFlight
from custom_components.event_relay.queue.worker import Worker

from ..search_effort import THOROUGH
from .searching import Sabotage, Steps, WorldMachine, assert_found, search
from .world import Fault

KINDS: dict[str, dict[str, Any]] = {
    "one": {"steps": ("write",)},
    "several": {"steps": ("write", "note")},
    "in a lane": {"steps": ("write",), "lane": "door"},
    "un-askable": {"steps": ("stamp",)},
    "expiring": {"steps": ("write",), "seconds": 7},
}
FAULTS = [one for one in Fault if one not in (Fault.HANGS, Fault.HANGS_FIRST)]


class Sleep(WorldMachine):
    """Slow responses, faults, and time that passes in pieces."""

    def __init__(self) -> None:
        super().__init__(claims_ahead=8, health_check=True)
        self.world.outside.slowness = 11

    @rule(
        kind=st.sampled_from([*KINDS]),
        number=st.sampled_from([1, 4, 12]),
        live=st.booleans(),
    )
    def accept(self, kind: str, number: int, live: bool) -> None:
        for _ in range(number):
            self._submit(live=live, **KINDS[kind])

    @precondition(lambda self: self.world.rows())
    @rule(which=st.integers(0, 99))
    def accept_follow_up(self, which: int) -> None:
        rows = self.world.rows()
        start = rows[which % len(rows)]
        self._submit(steps=("note",), after=start["follows"] or start["id"])

    def _submit(self, *, live: bool = False, **data: object) -> None:
        """Submit a line; a full disk rejects it."""
        self.number += 1
        asked = self.world.submit(f"d{self.number}", live=live, **data)
        if asked.done():
            asked.exception()

    @rule(seconds=st.sampled_from([0, 1.5, 6, 11, 40]))
    def slow_down(self, seconds: float) -> None:
        self.world.outside.slowness = seconds

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=3))
    def fail_next(self, faults: list[Fault]) -> None:
        self.world.outside.answers += faults

    @rule(paused=st.booleans(), full=st.booleans())
    def disturb(self, paused: bool, full: bool) -> None:
        world = self.world
        world.database.full = full
        if paused != world.pipeline.worker._flow_control.paused:
            worker = world.pipeline.worker
            (worker.pause if paused else worker.resume)()
        world.loop.settle()

    @rule(seconds=st.sampled_from([0.3, 3, 7, 12, 25, 100]), wake_in_vain=st.booleans())
    def pass_time(self, seconds: float, wake_in_vain: bool) -> None:
        world = self.world
        world.loop.forward(seconds=seconds)
        if wake_in_vain:
            before = self._visible()
            world.pipeline.worker.wake()
            world.loop.settle()
            assert self._visible() == before

    def _visible(self) -> object:
        """Return everything visible to a user or the backend; claims are not."""
        outside = self.world.outside
        states = {
            one: "waits" if state.value in ("pending", "sending") else state.value
            for one, state in self.world.stored_states().items()
        }
        return states, dict(outside.attempts), outside.look_ups, outside.in_flight

    @invariant()
    def keeps_the_promise(self) -> None:
        self.world.loop.settle()
        self.world.check_commits()
        assert not self.world.violations, self.world.violations


def test_sleeping_worker_has_nothing_to_do() -> None:
    search(Sleep, 20_000 if THOROUGH else 40, 8, derandomize=not THOROUGH)


def _forget_claims(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(InFlight, "next_at", None)
    patch.setattr(InFlight, "holds_any", False)


def _ignore_due_times(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Worker, "_pause_after", lambda *_: None)


FOUND: dict[Sabotage, Steps] = {
    _forget_claims: [
        (Sleep.accept, {"kind": "one", "number": 4, "live": False}),
    ],
    _ignore_due_times: [
        (Sleep.accept, {"kind": "one", "number": 12, "live": False}),
    ],
}
"""The sequence that the search has found for each."""


@pytest.mark.parametrize("sabotage", FOUND)
def test_sabotage_of_wake_ups_is_found(
    sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_found(Sleep, FOUND[sabotage], sabotage, monkeypatch, (300, 8))
