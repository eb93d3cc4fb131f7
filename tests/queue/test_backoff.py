"""Tests of the retry back-off."""

from datetime import timedelta

import pytest

from custom_components.event_relay.queue import backoff

from .ledger import START


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (50, 900), (100_000, 900)],
)
def test_back_off_doubles_up_to_a_quarter_of_an_hour(
    attempts: int, seconds: float
) -> None:
    assert backoff.back_off(attempts, 1.0) == timedelta(seconds=seconds)


def test_jitter_is_full() -> None:
    assert backoff.back_off(3, 0.0) == timedelta()
    assert backoff.back_off(3, 0.25) == timedelta(seconds=5)


@pytest.mark.parametrize(("asked", "seconds"), [(0, 1), (7, 7), (1e9, 3600)])
def test_retry_after_is_obeyed_up_to_a_limit(asked: float, seconds: float) -> None:
    assert backoff.clamped_retry_after(asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("look_ups", "seconds"), [(0, 2), (1, 5), (2, 60), (9, 60)])
def test_last_look_up_wait_is_repeated(look_ups: int, seconds: float) -> None:
    assert backoff.look_up_wait(look_ups, (2, 5, 60)) == timedelta(seconds=seconds)


def test_look_ups_end_after_an_hour() -> None:
    assert not backoff.look_ups_exhausted(START, START + timedelta(minutes=59))
    assert backoff.look_ups_exhausted(START, START + timedelta(hours=1))
