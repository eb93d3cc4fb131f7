"""Tests of the limits of how often a rule fires."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.rules.limits import Firing, dump, kept, load, refuses
from custom_components.event_relay.rules.rule import Limits

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def firings_at(seconds_ago: float, entity_id: str | None = "a") -> Firing:
    return Firing(at=NOW - timedelta(seconds=seconds_ago), entity_id=entity_id)


def seconds_of(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("limits", "firings", "refused"),
    [
        (Limits(), [firings_at(0)], False),
        (Limits(debounce=seconds_of(30)), [], False),
        (Limits(debounce=seconds_of(30)), [firings_at(29)], True),
        (Limits(debounce=seconds_of(30)), [firings_at(30)], False),
        (Limits(debounce=seconds_of(30)), [firings_at(1, "b")], False),
        (Limits(cool_down=seconds_of(30)), [firings_at(29, "b")], True),
        (Limits(cool_down=seconds_of(30)), [firings_at(31, "b")], False),
        (Limits(most=2, period=seconds_of(60)), [firings_at(5)], False),
        (Limits(most=2, period=seconds_of(60)), [firings_at(5), firings_at(59)], True),
        (Limits(most=2, period=seconds_of(60)), [firings_at(5), firings_at(61)], False),
        # The clock was set back by an hour, or by a second.
        (Limits(cool_down=seconds_of(30)), [firings_at(-3600)], False),
        (Limits(cool_down=seconds_of(30)), [firings_at(-1)], True),
    ],
)
def test_firings_within_the_limits(
    limits: Limits, firings: list[Firing], *, refused: bool
) -> None:
    assert refuses(limits, firings, "a", NOW) is refused


@given(
    st.lists(st.tuples(st.integers(-100, 1000), st.sampled_from(["a", "b", None]))),
    st.builds(
        Limits,
        debounce=st.integers(0, 300).map(seconds_of),
        cool_down=st.integers(0, 300).map(seconds_of),
        most=st.none() | st.integers(1, 5),
        period=st.integers(1, 300).map(seconds_of),
    ),
)
def test_old_firings_do_not_count(
    firings: list[tuple[int, str | None]], limits: Limits
) -> None:
    all_of_them = [firings_at(ago, entity_id) for ago, entity_id in firings]
    remembered = load(dump(kept(limits, all_of_them, NOW)))

    for entity_id in ("a", "b", None):
        assert refuses(limits, remembered, entity_id, NOW) is refuses(
            limits, all_of_them, entity_id, NOW
        )


@pytest.mark.parametrize("noted", [None, 3, [1], [["x", "a"]], [[1.0, 3]], {}])
def test_unreadable_note_does_not_count(noted: object) -> None:
    assert load(noted) == []  # type: ignore[arg-type]
