"""How often a rule may fire, by the clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.rules.limits import Firing, dump, kept, load, refuses
from custom_components.event_relay.rules.rule import Limits

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def fired(seconds_ago: float, entity_id: str | None = "a") -> Firing:
    return Firing(at=NOW - timedelta(seconds=seconds_ago), entity_id=entity_id)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("limits", "firings", "refused"),
    [
        (Limits(), [fired(0)], False),
        (Limits(debounce=seconds(30)), [], False),
        (Limits(debounce=seconds(30)), [fired(29)], True),
        (Limits(debounce=seconds(30)), [fired(30)], False),
        (Limits(debounce=seconds(30)), [fired(1, "b")], False),
        (Limits(cool_down=seconds(30)), [fired(29, "b")], True),
        (Limits(cool_down=seconds(30)), [fired(31, "b")], False),
        (Limits(most=2, period=seconds(60)), [fired(5)], False),
        (Limits(most=2, period=seconds(60)), [fired(5), fired(59)], True),
        (Limits(most=2, period=seconds(60)), [fired(5), fired(61)], False),
        # The clock was set back by an hour, or by a second.
        (Limits(cool_down=seconds(30)), [fired(-3600)], False),
        (Limits(cool_down=seconds(30)), [fired(-1)], True),
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
        debounce=st.integers(0, 300).map(seconds),
        cool_down=st.integers(0, 300).map(seconds),
        most=st.none() | st.integers(1, 5),
        period=st.integers(1, 300).map(seconds),
    ),
)
def test_what_is_forgotten_counts_for_nothing(
    firings: list[tuple[int, str | None]], limits: Limits
) -> None:
    all_of_them = [fired(ago, entity_id) for ago, entity_id in firings]
    remembered = load(dump(kept(limits, all_of_them, NOW)))

    for entity_id in ("a", "b", None):
        assert refuses(limits, remembered, entity_id, NOW) is refuses(
            limits, all_of_them, entity_id, NOW
        )


@pytest.mark.parametrize("noted", [None, 3, [1], [["x", "a"]], [[1.0, 3]], {}])
def test_a_note_that_cannot_be_read_counts_for_nothing(noted: object) -> None:
    assert load(noted) == []  # type: ignore[arg-type]
