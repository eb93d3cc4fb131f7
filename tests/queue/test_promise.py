"""Tests of the promise with random sequences of events."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
import shutil
import sqlite3
from typing import Any, override

from hypothesis import Phase, strategies as st
from hypothesis.stateful import invariant, precondition, rule
import pytest

from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    OutcomeUnknown,
)
from custom_components.event_relay.queue import (
    changed_address,
    executor,
    look_up,
    optimistic_send,
    transitions,
)
from custom_components.event_relay.queue.absence import Absence
from custom_components.event_relay.queue.clock import JUMP
from custom_components.event_relay.queue.delivery import (
    MOMENTS,
    SENT_ELSEWHERE,
    Delivery,
    DeliveryState,
    ShiftRule,
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
from custom_components.event_relay.queue.store.writes import KEPT_PAYLOAD
from custom_components.event_relay.queue.transitions import AnyStep
from custom_components.event_relay.queue.worker import Worker

from ..search_effort import THOROUGH
from .searching import Sabotage, Steps, WorldMachine, assert_found, search
from .world import Fault

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


class Promise(WorldMachine):
    """Everything that can happen to a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, tuple[str, ...]] = {}
        self.callers: dict[str, asyncio.Task[Delivery]] = {}
        """The callers that still wait for a result."""
        self.accepted: set[str] = set()
        self.possibly_sent: set[str] = set()
        """Deliveries that were sent and could not be stored."""
        self.rejected: set[str] = set()
        self.hidden = 0.0
        """Seconds by which the clock was set back without being noticed."""
        self.saved: Path | None = None
        self.saved_states: dict[str, DeliveryState] = {}
        self.saved_attempts: dict[tuple[str, str], int] = {}
        self.saved_address = 0
        self.backing_up = False

    def _accept(
        self, *, steps: tuple[str, ...], live: bool = False, **data: object
    ) -> None:
        world = self.world
        self.number += 1
        delivery_id = f"d{self.number}"
        self.steps[delivery_id] = steps
        late = world.database.full or world.database.delay
        self.callers[delivery_id] = world.submit(
            delivery_id, live=live, steps=steps, **data
        )
        self._check_results()
        assert late or delivery_id in self.accepted

    def _check_results(self) -> None:
        """Check the results that callers got."""
        world = self.world
        for delivery_id, caller in tuple(self.callers.items()):
            if not caller.done():
                continue
            del self.callers[delivery_id]
            try:
                accepted = caller.result()
            except SentUnrecorded:
                # It is stored later, once that is possible again.
                self.possibly_sent.add(delivery_id)
                assert world.outside.was_called(delivery_id)
            except StoreUnavailable:
                assert delivery_id not in world.stored_states()
                assert not world.outside.may_have_happened(delivery_id)
                self.rejected.add(delivery_id)
            else:
                assert accepted.id == delivery_id
                self.accepted.add(delivery_id)

    def _accepted_id(self, which: int) -> str:
        return sorted(self.accepted)[which % len(self.accepted)]

    @rule(kind=st.sampled_from([*LINES]), live=st.booleans())
    def accept(self, kind: str, live: bool) -> None:
        self._accept(live=live, **LINES[kind])

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9), step=st.sampled_from(["write", "note", "stamp"]))
    def accept_follow_up(self, which: int, step: str) -> None:
        row = self.world.row(self._accepted_id(which))
        self._accept(steps=(step,), after=row["follows"] or row["id"])

    @precondition(lambda self: self.rejected)
    @rule(size=st.sampled_from([1, KEPT_PAYLOAD]))
    def accept_again(self, size: int) -> None:
        """Accept what was rejected, as a rule that fires again for an occurrence."""
        delivery_id = min(self.rejected)
        self.rejected.remove(delivery_id)
        self.callers[delivery_id] = self.world.submit(
            delivery_id, steps=self.steps[delivery_id], text="x" * size
        )
        self._check_results()

    @rule(fault=st.sampled_from(Fault))
    def set_default_fault(self, fault: Fault) -> None:
        self.world.outside.default_fault = fault

    @rule(fault=st.sampled_from(Fault))
    def fail_next(self, fault: Fault) -> None:
        self.world.outside.answers.append(fault)

    @rule(seconds=st.sampled_from([0, 0.5, 1.5, 12]))
    def slow_down(self, seconds: float) -> None:
        self.world.outside.slowness = seconds

    @precondition(lambda self: self.world.outside.resumed is None)
    @rule()
    def stall(self) -> None:
        self.world.outside.stall()

    @precondition(lambda self: self.world.outside.resumed is not None)
    @rule()
    def resume_responses(self) -> None:
        self.world.outside.resume_responses()
        self.world.loop.settle()

    @rule()
    def release_hanging_calls(self) -> None:
        self.world.outside.release()
        self.world.loop.settle()

    @rule()
    def fix_credentials(self) -> None:
        self.world.pipeline.worker.resume()
        self.world.loop.settle()

    @rule(seconds=st.sampled_from([1, 10, 120, 4000, 20_000]))
    def pass_time(self, seconds: float) -> None:
        self.world.loop.forward(seconds=seconds)

    @rule(seconds=st.sampled_from([-30, 30, -4000, 4000, -200_000, 200_000]))
    def set_clock(self, seconds: float) -> None:
        self.world.clock.set(seconds=seconds)
        if -JUMP.total_seconds() < seconds < 0:
            self.hidden -= seconds
        if self.hidden > JUMP.total_seconds():  # nobody can notice that
            self.world.outside.forgets = False

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        self.world.database.full = full

    @rule(seconds=st.sampled_from([0, 0.5, 3, 12]))
    def slow_down_disk(self, seconds: float) -> None:
        self.world.database.delay = seconds

    @rule()
    def pause(self) -> None:
        self.world.pipeline.worker.pause()
        self.world.loop.settle()

    @rule()
    def reload(self) -> None:
        self.world.reload()

    @rule(off=st.sampled_from([0, 100, 100_000]), orderly=st.booleans())
    def restart(self, off: float, orderly: bool) -> None:
        self._end_run(orderly=orderly)
        self.world.clock.forward(seconds=off)
        self.world.restart()

    @rule(address=st.sampled_from([0, 1, 2]), orderly=st.booleans())
    def change_address(self, address: int, orderly: bool) -> None:
        self._end_run(orderly=orderly)
        self.world.change_address(address)

    @rule(seconds=st.sampled_from([-200_000, 200_000]))
    def set_clock_while_off(self, seconds: float) -> None:
        self._end_run(orderly=False)
        self.world.clock.set(seconds=seconds)
        if seconds < 0:  # it looks as if no time had passed
            self.world.outside.forgets = False
        self.world.restart()

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9), confirm=st.booleans())
    def retry(self, which: int, confirm: bool) -> None:
        world = self.world
        delivery_id = self._accepted_id(which)

        async def retry() -> None:
            delivery = await world.store.get(delivery_id)
            assert delivery is not None
            failure = delivery.failure
            if confirm and failure is not None and failure.code == SENT_ELSEWHERE:
                # The confirmation accepts that the other system may have it, too.
                world.outside.allow_resend(delivery_id)
            await world.pipeline.queue.retry(delivery, confirm=confirm)

        if confirm:
            # Whoever confirms takes on that it may happen twice, where nobody
            # can be asked.
            world.outside.unknown.discard((delivery_id, "stamp"))
            world.outside.first_sent_at.pop((delivery_id, "ticket"), None)
        with suppress(NotAllowed, StaleDelivery, StoreUnavailable):
            world.now(retry())

    @precondition(lambda self: self.accepted)
    @rule(which=st.integers(0, 9))
    def discard(self, which: int) -> None:
        world = self.world
        delivery_id = self._accepted_id(which)

        async def discard() -> None:
            delivery = await world.store.get(delivery_id)
            assert delivery is not None
            await world.pipeline.queue.discard(delivery)

        with suppress(NotAllowed, StaleDelivery, StoreUnavailable):
            world.now(discard())

    @precondition(lambda self: not self.backing_up and not self.world.database.full)
    @rule()
    def begin_backup(self) -> None:
        self.world.now(self.world.store.begin_backup())
        self.backing_up = True

    @precondition(lambda self: self.backing_up)
    @rule(log=st.booleans())
    def copy_file(self, log: bool) -> None:
        self._copy(self.world.folder / "backup.db", log=log)

    @rule()
    def copy_file_unmarked(self) -> None:
        """Copy the file without a mark, as a user does."""
        self._copy(self.world.folder / "copy.db", log=True)

    def _copy(self, saved: Path, *, log: bool) -> None:
        world = self.world
        world.check_commits()
        for companion in ("", "-wal") if log else ("",):
            if Path(f"{world.path}{companion}").exists():
                shutil.copyfile(f"{world.path}{companion}", f"{saved}{companion}")
        if not log:
            Path(f"{saved}-wal").unlink(missing_ok=True)
        self.saved = saved
        self.saved_attempts = {**world.outside.attempts}
        self.saved_address = world.address

    @precondition(lambda self: self.backing_up)
    @rule()
    def end_backup(self) -> None:
        self.world.now(self.world.store.end_backup())
        self.backing_up = False

    @precondition(lambda self: self.saved)
    @rule(off=st.sampled_from([0, 100_000]))
    def restore(self, off: float) -> None:
        """Restore a copy, together with the address of that time."""
        world = self.world
        assert self.saved is not None
        self._end_run(orderly=False)
        for companion in ("", "-wal"):
            Path(f"{world.path}{companion}").unlink(missing_ok=True)
            if Path(f"{self.saved}{companion}").exists():
                shutil.copyfile(f"{self.saved}{companion}", f"{world.path}{companion}")
        world.clock.forward(seconds=off)
        world.clock = world.clock.restarted()
        world.address = self.saved_address
        world.outside.system = world.address % 2
        world.open()
        rows = world.stored_states()
        if self.saved.name == "backup.db":
            assert DeliveryState.PENDING not in rows.values()
        world.states = rows
        self.accepted = {*rows} - self.possibly_sent
        # The copy does not contain what was sent after it was made.
        for one, times in world.outside.attempts.items():
            if one[0] in rows and times != self.saved_attempts.get(one):
                if world.outside.sent_to[one] == world.outside.system:
                    world.outside.unknown.add(one)
                else:  # nor that it was sent somewhere else
                    world.outside.allow_resend(one[0])
        world.start()

    def _end_run(self, *, orderly: bool) -> None:
        """End the run, with its callers and its backup; a full disk allows no stop."""
        if orderly and not (self.world.database.full or self.world.database.delay):
            self.world.stop()
        else:
            self.world.kill()
        self.backing_up = False
        self.possibly_sent |= self.callers.keys()
        self.callers.clear()

    def _assert_accepted_are_kept(self) -> None:
        there = self.world.states.keys()
        assert (
            self.accepted
            <= there
            <= self.accepted | self.possibly_sent | {*self.callers}
        )

    @invariant()
    def keeps_the_promise(self) -> None:
        self.world.loop.settle()
        self.world.check_commits()
        self.world.check_in_flight()
        self._check_results()
        assert not self.world.violations, self.world.violations
        self._assert_accepted_are_kept()

    @override
    def check_end(self) -> None:
        world = self.world
        self._check_results()
        assert not self.callers
        assert not world.violations, world.violations
        self._assert_accepted_are_kept()
        super().check_end()
        for row in world.rows():
            if row["state"] == "expired":
                # An effect that took place is never reported as expired.
                assert not world.outside.done[row["id"], "write"]
            if row["state"] != "delivered" or row["warnings"] != "[]":
                continue
            for step in self.steps[row["id"]]:
                assert world.outside.done[row["id"], step] >= 1
        for (_, step), times in world.outside.done.items():
            assert times == 1 or step != "write"


def _search(examples: int, steps: int, *phases: Phase) -> None:
    derandomize = bool(phases) or not THOROUGH

    search(Promise, examples, steps, *phases, derandomize=derandomize)


def test_promise_is_kept_whatever_happens() -> None:
    _search(20_000 if THOROUGH else 60, 50 if THOROUGH else 30)


def _forget_deliveries_in_flight(
    database: sqlite3.Connection, owner: str, now: datetime, *_: object
) -> int:
    changes = setting(state="'pending'", due_at="?", first_sent_at="NULL")
    return database.execute(
        f"UPDATE deliveries SET {changes} WHERE connection = ? AND state = 'sending'",  # noqa: S608 - ours
        (now.timestamp(), owner),
    ).rowcount


def _treat_as_unreachable(error: BackendError) -> BackendError:
    return CannotConnect() if isinstance(error, OutcomeUnknown) else error


def _restart_sends_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claims, "recover", _forget_deliveries_in_flight)


def _lost_reply_sends_again(patch: pytest.MonkeyPatch) -> None:
    interrupted = transitions.step_interrupted

    def forgetful(
        delivery: Delivery, step: AnyStep, error: BackendError, **rest: object
    ) -> Delivery:
        return interrupted(delivery, step, _treat_as_unreachable(error), **rest)  # type: ignore[arg-type]

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


def _end_of_a_failed_start_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claims, "_orphans", lambda *_: [])


def _optimistic_send_is_stored_as_pending(patch: pytest.MonkeyPatch) -> None:
    accepting = Store.accepting

    def waiting(self: Store, delivery: Delivery, **rest: Any) -> Any:  # noqa: ANN401 - as the original
        pending = replace(
            delivery, state=DeliveryState.PENDING, due_at=delivery.accepted_at
        )
        return accepting(self, pending, **rest)

    patch.setattr(Store, "accepting", waiting)


def _unrecorded_send_is_reported_as_unsent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(optimistic_send, "may_have_arrived", lambda _: False)


def _optimistic_send_ignores_slots(patch: pytest.MonkeyPatch) -> None:
    class Boundless(dict[str, Any]):
        @override
        def __len__(self) -> int:
            return 0

    made = Worker.__init__

    def make(self: Worker, **rest: Any) -> None:  # noqa: ANN401 - as the original
        made(self, **rest)
        self._in_flight.sending = Boundless()

    patch.setattr(Worker, "__init__", make)


def _sent_times_are_shifted(patch: pytest.MonkeyPatch) -> None:
    assert MOMENTS["reported_time"] is ShiftRule.NEVER
    shifts = clock_shifts._shifts({**MOMENTS, "reported_time": ShiftRule.ALWAYS})
    patch.setattr(clock_shifts, "_SHIFTS", shifts)


def _clock_of_another_run_is_trusted(patch: pytest.MonkeyPatch) -> None:
    for module in (executor, look_up):
        patch.setattr(module, "sent_after", lambda delivery, _: delivery.first_sent_at)


def _every_system_is_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changed_address, "is_elsewhere", lambda *_: False)


def _repeated_delivery_forgets_its_system(patch: pytest.MonkeyPatch) -> None:
    claimed = transitions.claimed

    def forgetful(delivery: Delivery, *rest: Any) -> Delivery:  # noqa: ANN401 - as the original
        return claimed(replace(delivery, sent_to=None), *rest)

    patch.setattr(transitions, "claimed", forgetful)


def _forgotten_key_is_reused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transitions, "repeats", lambda _, step, __: step.repeatable)


FOUND: dict[Sabotage, Steps] = {
    _optimistic_send_is_stored_as_pending: [
        (Promise.accept, {"kind": "findable", "live": True}),
    ],
    _unrecorded_send_is_reported_as_unsent: [
        (Promise.fill_disk, {"full": True}),
        (Promise.accept, {"kind": "findable", "live": True}),
    ],
    _optimistic_send_ignores_slots: [
        (Promise.slow_down, {"seconds": 0.5}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
    ],
    _forgotten_key_is_reused: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.set_default_fault, {"fault": Fault.UNREACHABLE}),
        (Promise.accept, {"kind": "repeatable for a while", "live": False}),
        (Promise.pass_time, {"seconds": 20_000}),
        (Promise.set_default_fault, {"fault": Fault.FINE}),
        (Promise.pass_time, {"seconds": 4000}),
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
        (Promise.pass_time, {"seconds": 1}),
    ],
    _absence_outlives_a_stall: [
        (Promise.fail_next, {"fault": Fault.LATE}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.pass_time, {"seconds": 1}),
        (Promise.stall, {}),
        (Promise.pass_time, {"seconds": 65}),
        (Promise.resume_responses, {}),
    ],
    _restored_copy_is_trusted: [
        (Promise.set_default_fault, {"fault": Fault.UNREACHABLE}),
        (Promise.begin_backup, {}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.copy_file, {"log": True}),
        (Promise.end_backup, {}),
        (Promise.set_default_fault, {"fault": Fault.FINE}),
        (Promise.pass_time, {"seconds": 120}),
        (Promise.restore, {"off": 0}),
    ],
    _sent_times_are_shifted: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.set_clock, {"seconds": 4000}),
        (Promise.pass_time, {"seconds": 120}),
    ],
    _clock_of_another_run_is_trusted: [
        (Promise.fail_next, {"fault": Fault.HANGS}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.set_clock_while_off, {"seconds": -200_000}),
    ],
    _every_system_is_the_same: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "findable", "live": False}),
        (Promise.change_address, {"address": 1, "orderly": True}),
        (Promise.pass_time, {"seconds": 120}),
    ],
    _repeated_delivery_forgets_its_system: [
        (Promise.fail_next, {"fault": Fault.REPLY_LOST}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.change_address, {"address": 1, "orderly": True}),
        (Promise.pass_time, {"seconds": 120}),
    ],
    _older_copy_is_trusted: [
        (Promise.set_default_fault, {"fault": Fault.UNREACHABLE}),
        (Promise.accept, {"kind": "un-askable", "live": False}),
        (Promise.copy_file_unmarked, {}),
        (Promise.set_default_fault, {"fault": Fault.FINE}),
        (Promise.pass_time, {"seconds": 120}),
        (Promise.restore, {"off": 0}),
    ],
    _end_of_a_failed_start_waits: [
        (Promise.set_default_fault, {"fault": Fault.REFUSED}),
        (Promise.accept, {"kind": "repeatable", "live": False}),
        (Promise.accept_follow_up, {"which": 0, "step": "write"}),
    ],
}
"""The shortest sequence that the search has found for each.

If a change of the machine makes one harmless, the thorough profile finds another.
"""


@pytest.mark.parametrize("sabotage", FOUND)
def test_sabotage_of_the_promise_is_found(
    sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_found(Promise, FOUND[sabotage], sabotage, monkeypatch, (20_000, 30))
