"""Tests of the rate limiter for a backend of many homes."""

from datetime import timedelta

import pytest

from custom_components.event_relay.queue import rate_limiter
from custom_components.event_relay.queue.rate_limiter import RateLimiter

HOUR = timedelta(hours=1)


def test_rate_is_unlimited_until_a_rejection() -> None:
    unhindered = RateLimiter()
    unhindered.answered()
    assert unhindered.pause == 0
    assert unhindered.wait(1.0) == timedelta()


def test_rejection_halves_the_rate_up_to_the_longest_pause() -> None:
    limited = RateLimiter()
    pauses = []
    for _ in range(7):
        limited.refused()
        pauses.append(limited.pause)
    assert pauses == [10, 20, 40, 80, 160, 300, 300]


def test_response_adds_one_request_per_longest_pause() -> None:
    limited = RateLimiter(pause=rate_limiter.LONGEST)
    for answers in range(1, 5):
        limited.answered()
        assert limited.pause == pytest.approx(rate_limiter.LONGEST / (answers + 1))


def test_slow_home_catches_up_with_a_fast_one() -> None:
    slow, fast = RateLimiter(pause=240), RateLimiter(pause=30)
    for _ in range(20):
        for one in (slow, fast):
            one.refused()
            for _ in range(3):
                one.answered()
    assert slow.pause == pytest.approx(fast.pause, rel=0.05)


@pytest.mark.parametrize(
    ("away", "first"),
    [
        (timedelta(minutes=1), 0.2),
        (timedelta(minutes=10), 2),
        (HOUR, 12),
        (24 * HOUR, 120),
    ],
)
def test_longer_outage_means_a_slower_start(away: timedelta, first: float) -> None:
    after = RateLimiter()
    after.start(away)
    assert after.pause == pytest.approx(first)
    assert after.wait(0.0) == timedelta(seconds=first / 2)
    assert after.wait(1.0) == timedelta(seconds=first * 1.5)


def test_full_rate_returns_minutes_after_an_outage() -> None:
    after = RateLimiter()
    after.start(24 * HOUR)
    gone_by = 0.0
    while after.pause:
        gone_by += after.pause
        after.answered()
    assert gone_by < 6 * 60


def test_rejection_ends_the_fast_growth_after_an_outage() -> None:
    after = RateLimiter()
    after.start(HOUR)
    after.refused()
    assert after.pause == 24
    after.answered()
    assert after.pause == pytest.approx(24 / (1 + 24 / rate_limiter.LONGEST))
