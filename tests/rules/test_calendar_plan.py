"""Tests of the plan of changes for a calendar, as pure functions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.event_relay.backends.palabra.mirror.calendar_bindings import (
    Binding,
    note_name,
    read_bindings,
)
from custom_components.event_relay.backends.palabra.mirror.calendar_plan import (
    PATIENCE,
    PATIENCE_WITH_NOTHING,
    REMEMBERED,
    Create,
    Delete,
    Plan,
    Seen,
    Update,
    make_plan,
    missing,
    surely_gone,
)
from custom_components.event_relay.queue.store.rule_state import Note

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen_event(
    hours: float, *, group: str = "a", occurrence: str = "", title: str = "Talk"
) -> Seen:
    start = NOW + hours * HOUR
    return Seen(
        group=group,
        occurrence=occurrence,
        start=start,
        end=start + HOUR,
        content={"title": title},
    )


def binding_of(one: Seen, *, version: int = 1, made_by: str | None = "made") -> Binding:
    return Binding(
        group=one.group,
        version=version,
        start=one.start,
        end=one.end,
        digest=one.digest,
        made_by=made_by,
    )


def by_key(*events: Seen) -> dict[str, Seen]:
    return {one.key: one for one in events}


def plan_for(
    known: Mapping[str, Binding], *events: Seen, gone: frozenset[str] = frozenset()
) -> Plan:
    return make_plan(known, by_key(*events), now=NOW, gone=gone)


NEXT, RUNS, PAST = seen_event(5), seen_event(-0.5), seen_event(-2)


@pytest.mark.parametrize("one", [NEXT, RUNS])
def test_new_events_are_created(one: Seen) -> None:
    assert plan_for({}, one).changes == (Create(seen=one, version=1),)


def test_past_events_are_not_created() -> None:
    assert plan_for({}, PAST) == Plan(changes=())


@pytest.mark.parametrize("one", [NEXT, RUNS])
def test_unchanged_events_need_nothing(one: Seen) -> None:
    assert plan_for({one.key: binding_of(one)}, one) == Plan(changes=())


@pytest.mark.parametrize("one", [NEXT, RUNS])
def test_changed_events_are_updated(one: Seen) -> None:
    former = binding_of(one)
    changed = replace(one, end=one.end + HOUR)
    assert plan_for({one.key: former}, changed).changes == (
        Update(seen=changed, key=one.key, binding=former, version=2),
    )


@pytest.mark.parametrize(
    ("one", "deleted"), [(NEXT, True), (RUNS, False), (PAST, False)]
)
def test_only_future_events_are_deleted(one: Seen, deleted: bool) -> None:
    former = binding_of(one)
    expected = (Delete(key=one.key, binding=former),) if deleted else ()
    assert plan_for({one.key: former}, gone=frozenset({one.key})).changes == expected


def test_recently_missing_events_are_not_deleted() -> None:
    assert plan_for({NEXT.key: binding_of(NEXT)}).changes == ()


def test_rejected_events_are_retried_when_changed() -> None:
    refused = binding_of(NEXT, made_by=None)
    assert plan_for({NEXT.key: refused}, NEXT).changes == ()
    other = replace(NEXT, content={"title": "Other"})
    assert plan_for({NEXT.key: refused}, other).changes == (
        Create(seen=other, version=2),
    )


def test_returning_events_are_created_again() -> None:
    gone = binding_of(NEXT, version=4).ended()
    assert plan_for({NEXT.key: gone}, NEXT).changes == (Create(seen=NEXT, version=5),)


def test_past_events_are_remembered_for_a_while() -> None:
    over = binding_of(PAST)
    assert plan_for({PAST.key: over}).remembered == {PAST.key: over.ended()}
    kept = over.ended()
    assert plan_for({PAST.key: kept}).remembered == {}
    old = replace(kept, end=NOW - REMEMBERED)
    assert plan_for({PAST.key: old}).remembered == {PAST.key: None}


def test_past_event_that_returns_is_another_live_event() -> None:
    again = seen_event(30)
    assert plan_for({PAST.key: binding_of(PAST)}, again).changes == (
        Create(seen=again, version=2),
    )


def test_occurrences_without_ids_are_matched_in_order() -> None:
    former = [seen_event(hours, occurrence=str(hours)) for hours in (24, 48, 72)]
    moved = [seen_event(hours, occurrence=str(hours)) for hours in (25, 49, 73)]
    changes = plan_for({one.key: binding_of(one) for one in former}, *moved).changes
    assert [
        (change.key, change.seen.start)
        for change in changes
        if isinstance(change, Update)
    ] == [(one.key, new.start) for one, new in zip(former, moved, strict=True)]
    assert len(changes) == 3


def test_another_key_at_the_same_time_changes_nothing() -> None:
    """Such as when only one occurrence is left."""
    former = binding_of(seen_event(-0.5, occurrence="x"))
    one = seen_event(-0.5)
    result = plan_for({"a/x": former}, one)
    assert result.changes == ()
    assert result.remembered == {one.key: former, "a/x": former.ended()}


def test_groups_are_kept_apart() -> None:
    one = seen_event(25, group="b")
    changes = plan_for(
        {NEXT.key: binding_of(NEXT)}, one, gone=frozenset({NEXT.key})
    ).changes
    assert {type(change) for change in changes} == {Create, Delete}


@pytest.mark.parametrize(
    ("age", "nothing", "gone"),
    [
        (PATIENCE, False, True),
        (PATIENCE - HOUR / 3600, False, False),
        (PATIENCE, True, False),
        (PATIENCE_WITH_NOTHING, True, True),
    ],
)
def test_deletion_waits_longer_for_an_empty_calendar(
    age: timedelta, nothing: bool, gone: bool
) -> None:
    found = surely_gone({"key": NOW - age}, NOW, nothing_shown=nothing)
    assert bool(found) is gone


def test_bindings_are_stored_and_read() -> None:
    one = replace(binding_of(NEXT), event_id=None, said=("access_code",))
    other = replace(binding_of(RUNS, made_by=None), event_id="outside")
    known = {"a/": one, "b/x/y": other}
    notes = {note_name(key): binding.note for key, binding in known.items()}
    assert read_bindings(notes | {"begun": Note(value=True)}) == known
    assert read_bindings({note_name("x"): Note(value=["broken"])}) == {}


def test_digests_reveal_nothing_and_change_with_everything() -> None:
    digests = {
        one.digest
        for one in (
            NEXT,
            replace(NEXT, end=NEXT.end + HOUR),
            replace(NEXT, start=NEXT.start - HOUR),
            replace(NEXT, content={"title": "Other"}),
        )
    }
    assert len(digests) == 4
    assert "Talk" not in NEXT.digest


_HOURS = st.integers(-5, 40)
_EVENTS = st.lists(
    st.builds(
        seen_event,
        _HOURS,
        group=st.sampled_from("ab"),
        occurrence=st.sampled_from("123"),
        title=st.sampled_from(["One", "Two"]),
    ),
    max_size=6,
).map(lambda events: by_key(*events))


def apply(known: dict[str, Binding], result: Plan) -> dict[str, Binding]:
    """Return what a mirror remembers once the whole plan is carried out."""
    after: dict[str, Binding | None] = {**known, **result.remembered}
    for change in result.changes:
        match change:
            case Create(seen=one, version=version):
                after[one.key] = binding_of(one, version=version)
            case Update(seen=one, key=key, binding=former, version=version):
                after[key] = former.ended()
                after[one.key] = replace(binding_of(one), version=version)
            case Delete(key=key, binding=former):
                after[key] = replace(former.ended(), version=former.version + 1)
    return {key: binding for key, binding in after.items() if binding is not None}


@given(st.lists(st.tuples(_EVENTS, st.integers(0, 6)), min_size=1, max_size=6))
@settings(derandomize=True, max_examples=400)
def test_live_events_finally_match_the_calendar(
    shown: list[tuple[dict[str, Seen], int]],
) -> None:
    known: dict[str, Binding] = {}
    versions: set[tuple[str, int]] = set()
    now = NOW
    for events, hours in shown:
        now += hours * HOUR
        current = {key: one for key, one in events.items() if one.end > now}
        gone = missing(known, current, now)
        result = make_plan(known, events, now=now, gone=gone)
        for change in result.changes:
            if isinstance(change, Delete):
                used = change.key, change.binding.version + 1
            else:
                used = change.seen.key, change.version
            assert used not in versions
            versions.add(used)
        known = apply(known, result)
        to_come = {
            key
            for key, one in known.items()
            if one.exists
            and one.end > now
            and not (one.start <= now and key not in current)
        }
        assert to_come == set(current)
        assert all(known[key].digest == one.digest for key, one in current.items())
        again = make_plan(known, events, now=now, gone=missing(known, current, now))
        assert again.changes == ()
        assert apply(known, again) == apply(apply(known, again), again)


def test_occurrence_that_returns_by_a_move_keeps_its_versions() -> None:
    first = Seen(
        group="a",
        occurrence="1",
        start=NOW + HOUR,
        end=NOW + 2 * HOUR,
        content={"title": "One"},
    )
    second = replace(first, occurrence="2")
    deleted = binding_of(second, version=2).ended()
    known = {second.key: deleted, first.key: binding_of(first)}

    moved = apply(known, make_plan(known, {second.key: second}, now=NOW))

    assert moved[second.key].version >= deleted.version
    assert moved[second.key].exists
