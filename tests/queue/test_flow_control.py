"""Tests of flow control with a backend shared by several homes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.event_relay.backends.errors import (
    RATE_LIMITED,
    BackendError,
    CannotConnect,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.queue import transitions
from custom_components.event_relay.queue.circuit_breaker import (
    PROBE_CAP,
    SHARED_PROBE_CAP,
    THRESHOLD,
)
from custom_components.event_relay.queue.flow_control import FlowControl

from .ledger import LEDGER, START

SHARED = replace(LEDGER, shared=True)
BARE = Unavailable(code=RATE_LIMITED)
TELLS = Unavailable(code=RATE_LIMITED, retry_after=60)
ALL = (LEDGER.concurrency, LEDGER.look_ups_at_once)


def at(seconds: float) -> datetime:
    """Return a time of the test."""
    return START + timedelta(seconds=seconds)


def flow_control(chance: Callable[[], float] = lambda: 1.0) -> FlowControl:
    """Return the flow control of a home with a shared backend."""
    return FlowControl(SHARED, chance)


def fail_until(one: FlowControl, until: float) -> None:
    """Fail all requests until a time."""
    moment = START
    while moment < at(until):
        one.failed(CannotConnect(), moment)
        moment = one.next_at(moment) or moment


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (CannotConnect(), True),
        (Unavailable(), True),
        (Unavailable(this_request_only=True), False),
        (OutcomeUnknown(outage=True), True),
        (OutcomeUnknown(), False),
        (Rejected(), False),
    ],
)
def test_breaker_opens_when_no_request_gets_through(
    error: BackendError, opens: bool
) -> None:
    one = flow_control()
    for _ in range(THRESHOLD):
        one.failed(error, START)
    assert one.breaker.open is opens


@pytest.mark.parametrize(("error", "seconds"), [(BARE, 15), (TELLS, 75)])
def test_rate_limit_holds_the_connection_and_leaves_one_at_a_time(
    error: BackendError, seconds: float
) -> None:
    one = flow_control()
    assert one.slots(START, 0, 0) == ALL
    one.failed(error, START)

    assert one.held(at(seconds - 1))
    assert one.slots(at(seconds - 1), 0, 0) == (0, 0)
    assert one.next_at(START) == at(seconds)
    assert one.slots(at(seconds), 0, 0) == (1, 1)
    assert one.slots(at(seconds), 1, 0) == (0, 1)
    assert one.slots(at(seconds), 0, 1) == (1, 0)


def test_homes_with_the_same_retry_after_spread_out() -> None:
    moments = set()
    for chance in (0.0, 0.5, 1.0):
        one = flow_control(lambda chance=chance: chance)  # type: ignore[misc]
        one.failed(TELLS, START)
        moments.add(one.next_at(START))
    assert moments == {at(65), at(70), at(75)}


def test_simultaneous_rejections_count_once() -> None:
    one = flow_control()
    for _ in range(4):
        one.failed(BARE, START)
    assert one.next_at(START) == at(15)


def test_responses_raise_the_rate_until_it_is_unlimited() -> None:
    one = flow_control()
    one.failed(BARE, START)
    now, answers = START, 0
    while (moment := one.next_at(now)) is not None:
        now = moment
        one.succeeded(now)
        answers += 1
    assert answers > 100
    assert one.slots(now, 0, 0) == ALL


def test_rate_limited_probe_closes_the_breaker_and_holds() -> None:
    one = flow_control()
    fail_until(one, 600)
    one.failed(BARE, at(600))

    assert not one.breaker.open
    assert one.slots(at(600), 0, 0) == (0, 0)
    assert one.back_offs_to_end(0) is None


def test_shared_backend_is_probed_rarely_and_starts_slowly() -> None:
    one = flow_control()
    fail_until(one, 3600)
    assert one.next_at(at(3600)) is not None
    assert one.breaker.probe_cap == SHARED_PROBE_CAP > PROBE_CAP

    assert one.succeeded(at(3600))
    assert one.back_offs_to_end(0) is None
    assert one.slots(at(3600), 0, 0) == (0, 0)
    assert one.slots(at(3600 + 1.5 * 12), 0, 0) == (1, 1)


def test_unshared_backend_starts_at_once() -> None:
    one = FlowControl(LEDGER, lambda: 1.0)
    fail_until(one, 3600)
    assert one.succeeded(at(3600))
    assert one.slots(at(3600), 0, 0) == ALL


def test_unshared_backend_waits_exactly_for_retry_after() -> None:
    one = FlowControl(LEDGER, lambda: 1.0)
    one.failed(TELLS, START)
    assert one.next_at(START) == at(60)
    assert one.slots(at(60), 0, 0) == ALL


def test_hold_moves_with_a_clock_that_is_set() -> None:
    one = flow_control()
    one.failed(TELLS, START)
    one.shift(timedelta(days=1))
    assert one.next_at(START) == at(75 + 86_400)


def test_outage_is_not_extended_by_a_clock_that_is_set() -> None:
    one = flow_control()
    fail_until(one, 600)
    one.shift(timedelta(days=1))
    one.succeeded(at(600 + 86_400))
    assert one.rate_limiter.pause < 10


def test_resume_by_the_user_resets_it() -> None:
    one = flow_control()
    fail_until(one, 600)
    one.failed(BARE, at(600))
    one.resume()
    assert one.slots(at(600), 0, 0) == ALL


@pytest.mark.parametrize(
    ("error", "limits"),
    [
        (BARE, True),
        (TELLS, True),
        (Unavailable(retry_after=5), True),
        (Unavailable(), False),
        (Unavailable(retry_after=5, this_request_only=True), False),
        (CannotConnect(), False),
        (Rejected(), False),
    ],
)
def test_rate_limit_is_distinguished_from_an_outage(
    error: BackendError, *, limits: bool
) -> None:
    assert transitions.limits(error) is limits
