"""How fast a backend of many homes is asked."""

from datetime import timedelta

import pytest

from custom_components.event_relay.queue import rate_limiter
from custom_components.event_relay.queue.rate_limiter import RateLimiter

HOUR = timedelta(hours=1)


def test_goes_as_fast_as_it_can_until_it_is_refused() -> None:
    unhindered = RateLimiter()
    unhindered.answered()
    assert unhindered.pause == 0
    assert unhindered.wait(1.0) == timedelta()


def test_halves_with_every_refusal_up_to_the_longest_pause() -> None:
    limited = RateLimiter()
    pauses = []
    for _ in range(7):
        limited.refused()
        pauses.append(limited.pause)
    assert pauses == [10, 20, 40, 80, 160, 300, 300]


def test_answer_adds_one_request_in_the_longest_pause() -> None:
    limited = RateLimiter(pause=rate_limiter.LONGEST)
    for answers in range(1, 5):
        limited.answered()
        assert limited.pause == pytest.approx(rate_limiter.LONGEST / (answers + 1))


def test_slow_one_catches_up_with_a_fast_one() -> None:
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
def test_begins_the_more_slowly_the_longer_the_outage_was(
    away: timedelta, first: float
) -> None:
    after = RateLimiter()
    after.start(away)
    assert after.pause == pytest.approx(first)
    assert after.wait(0.0) == timedelta(seconds=first / 2)
    assert after.wait(1.0) == timedelta(seconds=first * 1.5)


def test_is_back_at_full_speed_minutes_after_an_outage() -> None:
    after = RateLimiter()
    after.start(24 * HOUR)
    gone_by = 0.0
    while after.pause:
        gone_by += after.pause
        after.answered()
    assert gone_by < 6 * 60


def test_refusal_ends_the_quick_growth_after_an_outage() -> None:
    after = RateLimiter()
    after.start(HOUR)
    after.refused()
    assert after.pause == 24
    after.answered()
    assert after.pause == pytest.approx(24 / (1 + 24 / rate_limiter.LONGEST))
