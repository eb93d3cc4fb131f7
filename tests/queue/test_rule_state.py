"""Tests of the stored state of rules and mirrors."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.event_relay.queue.delivery import DeliveryState
from custom_components.event_relay.queue.store.rule_state import Memory, Note, Notes
from custom_components.event_relay.queue.store.store import QueueFull, Store

from .ledger import START
from .pipeline import OWNER
from .test_store import pending_delivery

RULE = "rule"


def stored_notes(
    notes: Notes, *, subject: str = RULE, connection: str = OWNER
) -> Memory:
    return Memory(connection=connection, subject=subject, notes=notes)


async def test_notes_are_read_by_subject_and_name(store: Store) -> None:
    await store.remember(
        stored_notes({"cursor": Note(value=12.5), "enabled": Note(value=0)})
    )
    await store.remember(
        stored_notes({"cursor": Note(value=[1, {"a": None}])}, subject="b")
    )
    await store.remember(stored_notes({"cursor": Note(value=1)}, connection="another"))

    assert await store.recall(OWNER) == {
        RULE: {"cursor": Note(value=12.5), "enabled": Note(value=0)},
        "b": {"cursor": Note(value=[1, {"a": None}])},
    }


async def test_damaged_note_keeps_only_its_references(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store.remember(
        stored_notes(
            {"bound/secret": Note(value=1, keeps="id"), "sound": Note(value=2)}
        )
    )
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE notes SET value = '{\"a\": ' WHERE keeps = 'id'")

    assert await store.recall(OWNER) == {
        RULE: {"bound/secret": Note(value=None, keeps="id"), "sound": Note(value=2)}
    }
    assert f"A note of {RULE} is damaged" in caplog.text
    assert "secret" not in caplog.text


async def test_note_is_replaced_and_deleted(store: Store) -> None:
    await store.remember(stored_notes({"one": Note(value=1), "two": Note(value=2)}))
    await store.remember(
        stored_notes({"one": Note(value=3), "two": None, "three": None})
    )

    assert await store.recall(OWNER) == {RULE: {"one": Note(value=3)}}


async def test_notes_are_committed_with_their_delivery(
    store: Store, path: Path
) -> None:
    await store.accept(
        pending_delivery(), noted=stored_notes({"cursor": Note(value=1)})
    )
    await store.accept(
        pending_delivery(), noted=stored_notes({"cursor": Note(value=2)})
    )
    await store.close()

    again = Store(path)
    await again.open()
    assert await again.recall(OWNER) == {RULE: {"cursor": Note(value=2)}}
    await again.close()


async def test_rejected_delivery_leaves_no_note(store: Store) -> None:
    with pytest.raises(QueueFull):
        await store.accept(
            pending_delivery(), limit=0, noted=stored_notes({"cursor": Note(value=1)})
        )

    assert await store.recall(OWNER) == {}


async def test_referenced_delivery_is_not_pruned(store: Store) -> None:
    ended = pending_delivery(state=DeliveryState.DELIVERED, settled_at=START)
    await store.accept(
        ended, noted=stored_notes({"open": Note(value="front_door", keeps=ended.id)})
    )
    later = START + timedelta(days=30)

    assert await store.prune(OWNER, later) == 0
    await store.remember(stored_notes({"open": None}))
    assert await store.prune(OWNER, later) == 1


async def test_notes_are_deleted_with_their_subject_or_connection(store: Store) -> None:
    await store.remember(stored_notes({"one": Note(value=1)}))
    await store.remember(stored_notes({"one": Note(value=1)}, subject="b"))
    await store.remember(stored_notes({"one": Note(value=1)}, connection="another"))

    await store.forget(OWNER, RULE)
    assert await store.recall(OWNER) == {"b": {"one": Note(value=1)}}
    await store.remove_connection(OWNER)
    assert await store.recall(OWNER) == {}
    assert await store.recall("another") == {RULE: {"one": Note(value=1)}}
