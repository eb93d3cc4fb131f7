"""The promise, line by line, against whatever may happen in whatever order."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
import shutil
import sqlite3
from tempfile import TemporaryDirectory
from typing import Any, override

from hypothesis import Phase, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    OutcomeUnknown,
)
from custom_components.event_relay.queue import (
    changed_address,
    executor,
    optimistic_send,
    transitions,
)
from custom_components.event_relay.queue.absence import Absence
from custom_components.event_relay.queue.delivery import (
    MOMENTS,
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    Moved,
)
from custom_components.event_relay.queue.optimistic_send import SentUnrecorded
from custom_components.event_relay.queue.queue import NotAllowed
from custom_components.event_relay.queue.store import claims, clock_shifts, file
from custom_components.event_relay.queue.store.checksum import setting
from custom_components.event_relay.queue.store.store import (
    StaleDelivery,
    Store,
    StoreUnavailable,
)
from custom_components.event_relay.queue.transitions import AnyStep
from custom_components.event_relay.queue.worker import Worker

from ..search_effort import THOROUGH
from .searching import Steps, replay, search
from .world import Fault, World

LINES: dict[str, dict[str, Any]] = {
    "repeatable": {"steps": ("note",)},
    "repeatable for a while": {"steps": ("ticket",)},
    "findable": {"steps": ("write",)},
    "un-askable": {"steps": ("stamp",)},
    "several": {"steps": ("write", "note", "stamp")},
    "found last": {"steps": ("note", "write")},
    "in a lane": {"steps": ("write",), "lane": "door"},
    "expiring": {"steps": ("write",), "seconds": 100},
}


class Promise(RuleBasedStateMachine):
    """Everything that can happen to an outbox."""

    def __init__(self) -> None:
        super().__init__()
        self.temporary = TemporaryDirectory()
        self.world = World(Path(self.temporary.name))
        self.steps: dict[str, tuple[str, ...]] = {}
        self.asked: dict[str, asyncio.Task[Delivery]] = {}
        """Whoever has not been told what became of a request."""
        self.accepted: set[str] = set()
        self.told_maybe: set[str] = set()
        """What has been sent and could not be written down."""
        self.number = 0
        self.confirmed: set[str] = set()
        self.saved: Path | None = None
        self.saved_states: dict[str, DeliveryState] = {}
        self.saved_asked: dict[tuple[str, str], int] = {}
        self.saved_address = 0
        self.backing_up = False

    def _accept(
        self, *, steps: tuple[str, ...], live: bool = False, **data: object
    ) -> None:
        world = self.world
        self.number += 1
        delivery_id = f"d{self.number}"
        self.steps[delivery_id] = steps
        full = world.database.full
        self.asked[delivery_id] = world.ask(delivery_id, live=live, steps=steps, **data)
        self._hear()
        assert full or delivery_id in self.accepted

    def _hear(self) -> None:
        """Judge what those are told who have asked."""
        world = self.world
        for delivery_id, asked in tuple(self.asked.items()):
            if not asked.done():
                continue
            del self.asked[delivery_id]
            try:
                accepted = asked.result()
            except SentUnrecorded:
                # It is written down, too, once that can be done again.
                self.told_maybe.add(delivery_id)
                assert world.outside.asked_for(delivery_id)
            except StoreUnavailable:
                assert delivery_id not in world.on_file()
                assert not world.outside.has_or_may_have(delivery_id)
            else:
                assert accepted.id == delivery_id
                self.accepted.add(delivery_id)

    def _some(self, which: int) -> str:
        return sorted(self.accepted)[which % len(self.accepted)]

    @rule(kind=st.sampled_from([*LINES]), live=st.booleans())
    def accept(self, kind: str, live: bool) -> None:
        self._accept(live=live, **LINES[kind])

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9), step=st.sampled_from(["write", "note", "stamp"]))
    def accept_what_follows(self, which: int, step: str) -> None:
        row = self.world.row(self._some(which))
        self._accept(steps=(step,), after=row["follows"] or row["id"])

    @rule(fault=st.sampled_from(Fault))
    def change_weather(self, fault: Fault) -> None:
        self.world.outside.weather = fault

    @rule(fault=st.sampled_from(Fault))
    def fail_next(self, fault: Fault) -> None:
        self.world.outside.answers.append(fault)

    @rule(seconds=st.sampled_from([0, 0.5, 1.5, 12]))
    def slow_down(self, seconds: float) -> None:
        self.world.outside.slowness = seconds

    @precondition(lambda self: self.world.outside.goes_on is None)
    @rule()
    def stall(self) -> None:
        self.world.outside.stall()

    @precondition(lambda self: self.world.outside.goes_on is not None)
    @rule()
    def go_on(self) -> None:
        self.world.outside.go_on()
        self.world.loop.settle()

    @rule()
    def answer_what_hangs(self) -> None:
        self.world.outside.release()
        self.world.loop.settle()

    @rule()
    def mend_credentials(self) -> None:
        self.world.house.worker.resume()
        self.world.loop.settle()

    @rule(seconds=st.sampled_from([1, 10, 120, 4000, 20_000]))
    def let_time_go_by(self, seconds: float) -> None:
        self.world.loop.forward(seconds=seconds)

    @rule(seconds=st.sampled_from([-30, 30, -4000, 4000, -200_000, 200_000]))
    def set_clock(self, seconds: float) -> None:
        self.world.clock.set(seconds=seconds)

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        self.world.database.full = full

    @rule(off=st.sampled_from([0, 100, 100_000]), orderly=st.booleans())
    def restart(self, off: float, orderly: bool) -> None:
        if orderly and not self.world.database.full:
            self.world.stop()
        else:
            self.world.kill()
        self._forget_who_asked()
        self.backing_up = False
        self.world.clock.forward(seconds=off)
        self.world.restart()

    @rule(address=st.sampled_from([0, 1, 2]), orderly=st.booleans())
    def change_address(self, address: int, orderly: bool) -> None:
        if orderly and not self.world.database.full:
            self.world.stop()
        else:
            self.world.kill()
        self._forget_who_asked()
        self.backing_up = False
        self.world.readdress(address)

    @rule(seconds=st.sampled_from([-200_000, 200_000]))
    def set_clock_while_off(self, seconds: float) -> None:
        self.world.kill()
        self._forget_who_asked()
        self.backing_up = False
        self.world.clock.set(seconds=seconds)
        if seconds < 0:  # it looks as if no time had gone by
            self.world.outside.forgets = False
        self.world.restart()

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9), confirm=st.booleans())
    def retry(self, which: int, confirm: bool) -> None:
        world = self.world
        delivery_id = self._some(which)

        async def retry() -> None:
            delivery = await world.store.get(delivery_id)
            assert delivery is not None
            failure = delivery.failure
            if confirm and failure is not None and failure.code == SENT_ELSEWHERE:
                # Whoever confirms takes on that the other system may have it, too.
                world.outside.forgive(delivery_id)
            await world.house.queue.retry(delivery, confirm=confirm)

        if confirm:
            # Whoever confirms takes on that it may happen twice, where nobody
            # can be asked.
            world.outside.unknown.discard((delivery_id, "stamp"))
            world.outside.sent_since.pop((delivery_id, "ticket"), None)
        with suppress(NotAllowed, StaleDelivery, StoreUnavailable):
            world.loop.now(retry())

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9))
    def discard(self, which: int) -> None:
        world = self.world
        delivery_id = self._some(which)

        async def discard() -> None:
            delivery = await world.store.get(delivery_id)
            assert delivery is not None
            await world.house.queue.discard(delivery)

        with suppress(NotAllowed, StaleDelivery, StoreUnavailable):
            world.loop.now(discard())

    @precondition(lambda self: not self.backing_up and not self.world.database.full)
    @rule()
    def begin_backup(self) -> None:
        self.world.loop.now(self.world.store.begin_backup())
        self.backing_up = True

    @precondition(lambda self: self.backing_up)
    @rule(log=st.booleans())
    def copy_file(self, log: bool) -> None:
        self._copy(self.world.folder / "backup.db", log=log)

    @rule()
    def copy_file_unmarked(self) -> None:
        """Copy the file as it is, as somebody does by hand."""
        self._copy(self.world.folder / "copy.db", log=True)

    def _copy(self, saved: Path, *, log: bool) -> None:
        world = self.world
        world.look()
        for companion in ("", "-wal") if log else ("",):
            if Path(f"{world.path}{companion}").exists():
                shutil.copyfile(f"{world.path}{companion}", f"{saved}{companion}")
        if not log:
            Path(f"{saved}-wal").unlink(missing_ok=True)
        self.saved = saved
        self.saved_asked = {**world.outside.asked}
        self.saved_address = world.address

    @precondition(lambda self: self.backing_up)
    @rule()
    def end_backup(self) -> None:
        self.world.loop.now(self.world.store.end_backup())
        self.backing_up = False

    @precondition(lambda self: self.saved)
    @rule(off=st.sampled_from([0, 100_000]))
    def restore(self, off: float) -> None:
        """Put a copy back, and have the connection lead where it led then."""
        world = self.world
        assert self.saved is not None
        world.kill()
        self._forget_who_asked()
        self.backing_up = False
        for companion in ("", "-wal"):
            Path(f"{world.path}{companion}").unlink(missing_ok=True)
            if Path(f"{self.saved}{companion}").exists():
                shutil.copyfile(f"{self.saved}{companion}", f"{world.path}{companion}")
        world.clock.forward(seconds=off)
        world.clock = world.clock.restarted()
        world.address = self.saved_address
        world.outside.system = world.address % 2
        world.open()
        rows = world.on_file()
        if self.saved.name == "backup.db":
            assert DeliveryState.PENDING not in rows.values()
        world.states = rows
        self.accepted = {*rows} - self.told_maybe
        # What was sent after the copy was made, the copy knows nothing of.
        for one, times in world.outside.asked.items():
            if one[0] in rows and times != self.saved_asked.get(one):
                if world.outside.sent_to[one] == world.outside.system:
                    world.outside.unknown.add(one)
                else:  # nor that it was sent somewhere else
                    world.outside.forgive(one[0])
        world.start()

    def _forget_who_asked(self) -> None:
        """Tell nobody anything who had asked in a run that is over."""
        self.told_maybe |= self.asked.keys()
        self.asked.clear()

    def _keeps_what_was_accepted(self) -> None:
        there = self.world.states.keys()
        assert self.accepted <= there <= self.accepted | self.told_maybe | {*self.asked}

    @invariant()
    def keeps_the_promise(self) -> None:
        self.world.loop.settle()
        self.world.look()
        self._hear()
        assert not self.world.wrongs, self.world.wrongs
        self._keeps_what_was_accepted()

    @override
    def teardown(self) -> None:
        world = self.world
        try:
            if world.wrongs:
                return
            world.heal()
            self._hear()
            assert not self.asked
            assert not world.wrongs, world.wrongs
            self._keeps_what_was_accepted()
            assert not world.unsettled()
            for row in world.rows():
                if row["state"] == "expired":
                    # What is there is never said to have come too late.
                    assert not world.outside.done[row["id"], "write"]
                if row["state"] != "delivered" or row["warnings"] != "[]":
                    continue
                for step in self.steps[row["id"]]:
                    assert world.outside.done[row["id"], step] >= 1
            for (_, step), times in world.outside.done.items():
                assert times == 1 or step != "write"
        finally:
            world.close()
            self.temporary.cleanup()


def _search(examples: int, steps: int, *phases: Phase) -> None:
    derandomize = bool(phases) or not THOROUGH

    search(Promise, examples, steps, *phases, derandomize=derandomize)


def test_keeps_the_promise_whatever_happens() -> None:
    _search(20_000 if THOROUGH else 60, 50 if THOROUGH else 30)


def _forgets_what_it_was_sending(
    database: sqlite3.Connection, owner: str, now: datetime, *_: object
) -> int:
    changes = setting(state="'pending'", due_at="?", first_sent_at="NULL")
    return database.execute(
        f"UPDATE deliveries SET {changes} WHERE connection = ? AND state = 'sending'",  # noqa: S608 - ours
        (now.timestamp(), owner),
    ).rowcount


def _takes_any_answer_for_none(error: BackendError) -> BackendError:
    return CannotConnect() if isinstance(error, OutcomeUnknown) else error


def _restart_sends_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claims, "recover", _forgets_what_it_was_sending)


def _lost_reply_sends_again(patch: pytest.MonkeyPatch) -> None:
    interrupted = transitions.step_interrupted

    def forgetful(
        delivery: Delivery, step: AnyStep, error: BackendError, **rest: object
    ) -> Delivery:
        return interrupted(delivery, step, _takes_any_answer_for_none(error), **rest)  # type: ignore[arg-type]

    patch.setattr(transitions, "step_interrupted", forgetful)


def _first_absence_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Absence, "proven", lambda *_: True)


def _absence_outlives_a_stall(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Absence, "stalled", lambda _: None)
    patch.setattr(Absence, "alive", lambda *_: None)
    patch.setattr(Absence, "forget", lambda *_: None)


def _restored_copy_is_trusted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(file, "distrust", lambda _: None)


def _older_copy_is_trusted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(file, "is_older", lambda *_: False)


def _end_of_a_dead_start_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claims, "_orphans", lambda *_: [])


def _sent_at_once_is_stored_as_waiting(patch: pytest.MonkeyPatch) -> None:
    accepting = Store.accepting

    def waiting(self: Store, delivery: Delivery, **rest: Any) -> Any:  # noqa: ANN401 - as the original
        pending = replace(
            delivery, state=DeliveryState.PENDING, due_at=delivery.accepted_at
        )
        return accepting(self, pending, **rest)

    patch.setattr(Store, "accepting", waiting)


def _sent_and_unrecorded_is_told_as_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(optimistic_send, "may_have_arrived", lambda _: False)


def _goes_at_once_with_no_slot_free(patch: pytest.MonkeyPatch) -> None:
    class Boundless(dict[str, Any]):
        @override
        def __len__(self) -> int:
            return 0

    made = Worker.__init__

    def make(self: Worker, **rest: Any) -> None:  # noqa: ANN401 - as the original
        made(self, **rest)
        self._in_flight.sending = Boundless()

    patch.setattr(Worker, "__init__", make)


def _what_was_sent_is_moved(patch: pytest.MonkeyPatch) -> None:
    assert MOMENTS["told_at"] is Moved.NEVER
    moves = clock_shifts._moves({**MOMENTS, "told_at": Moved.ALWAYS})
    patch.setattr(clock_shifts, "_MOVES", moves)


def _clock_of_another_run_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(executor, "sent_after", lambda delivery, _: delivery.first_sent_at)


def _every_system_is_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changed_address, "is_elsewhere", lambda *_: False)


def _what_is_repeated_forgets_its_system(patch: pytest.MonkeyPatch) -> None:
    claimed = transitions.claimed

    def forgetful(delivery: Delivery, *rest: Any) -> Delivery:  # noqa: ANN401 - as the original
        return claimed(replace(delivery, sent_to=None), *rest)

    patch.setattr(transitions, "claimed", forgetful)


def _forgotten_key_is_used_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transitions, "repeats", lambda _, step, __: step.repeatable)


FOUND: dict[Callable[[pytest.MonkeyPatch], None], Steps] = {
    _sent_at_once_is_stored_as_waiting: [
        (Promise.accept, {"kind": "findable", "live": True}),
    ],
    _sent_and_unrecorded_is_told_as_nothing: [
        (Promise.fill_disk, {"full": True}),
        (Promise.accept, {"kind": "findable", "live": True}),
    ],
    _goes_at_once_with_no_slot_free: [
        (Promise.slow_down, {"seconds": 0.5}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
    ],
    _forgotten_key_is_used_again: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.change_weather, {"fault": Fault.UNREACHABLE}),
        (Promise.accept, {"kind": "repeatable for a while", "live": False}),
        (Promise.let_time_go_by, {"seconds": 20_000}),
        (Promise.change_weather, {"fault": Fault.FINE}),
        (Promise.let_time_go_by, {"seconds": 4000}),
    ],
    _restart_sends_again: [
        (Promise.fail_next, {"fault": Fault.HANGS}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.restart, {"off": 100, "orderly": False}),
    ],
    _lost_reply_sends_again: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "findable", "live": False}),
    ],
    _first_absence_counts: [
        (Promise.fail_next, {"fault": Fault.LATE}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.let_time_go_by, {"seconds": 1}),
    ],
    _absence_outlives_a_stall: [
        (Promise.fail_next, {"fault": Fault.LATE}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.let_time_go_by, {"seconds": 1}),
        (Promise.stall, {}),
        (Promise.let_time_go_by, {"seconds": 65}),
        (Promise.go_on, {}),
    ],
    _restored_copy_is_trusted: [
        (Promise.change_weather, {"fault": Fault.UNREACHABLE}),
        (Promise.begin_backup, {}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.copy_file, {"log": True}),
        (Promise.end_backup, {}),
        (Promise.change_weather, {"fault": Fault.FINE}),
        (Promise.let_time_go_by, {"seconds": 120}),
        (Promise.restore, {"off": 0}),
    ],
    _what_was_sent_is_moved: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.set_clock, {"seconds": 4000}),
        (Promise.let_time_go_by, {"seconds": 120}),
    ],
    _clock_of_another_run_is_believed: [
        (Promise.fail_next, {"fault": Fault.HANGS}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.set_clock_while_off, {"seconds": -200_000}),
    ],
    _every_system_is_the_same: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.change_address, {"address": 1, "orderly": True}),
        (Promise.let_time_go_by, {"seconds": 120}),
    ],
    _what_is_repeated_forgets_its_system: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.change_address, {"address": 1, "orderly": True}),
        (Promise.let_time_go_by, {"seconds": 120}),
    ],
    _older_copy_is_trusted: [
        (Promise.change_weather, {"fault": Fault.UNREACHABLE}),
        (Promise.accept, {"kind": "un-askable", "live": False}),
        (Promise.copy_file_unmarked, {}),
        (Promise.change_weather, {"fault": Fault.FINE}),
        (Promise.let_time_go_by, {"seconds": 120}),
        (Promise.restore, {"off": 0}),
    ],
    _end_of_a_dead_start_waits: [
        (Promise.change_weather, {"fault": Fault.REFUSED}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept_what_follows, {"which": 0, "step": "write"}),
    ],
}
"""What the search has found of each, made as short as can be.

Where a change of the machine makes one harmless, the thorough profile finds another.
"""


@pytest.mark.parametrize("sabotage", FOUND)
def test_finds_what_breaks_the_promise(
    sabotage: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(Promise, FOUND[sabotage])
    sabotage(monkeypatch)

    with pytest.raises((AssertionError, ExceptionGroup)):
        replay(Promise, FOUND[sabotage])
    if THOROUGH:
        with pytest.raises((AssertionError, ExceptionGroup)):
            _search(20_000, 30, Phase.generate)
