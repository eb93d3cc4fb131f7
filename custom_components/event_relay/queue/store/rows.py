"""Schema of the file, and conversion of deliveries to rows and back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
import json
from operator import itemgetter
import sqlite3
from typing import Any

from ...backends.base import Instance, Receipt
from ..delivery import Delivery, DeliveryState, Failure, Origin, OriginKind
from .checksum import OUTCOME, REQUEST, TIMES, Group, is_whole
from .file_marks import GENERATION_SCHEMA

type Value = str | int | float | None

FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""Errors of SQLite; a message may quote a damaged name, which cannot be decoded."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE deliveries (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        connection TEXT NOT NULL,
        operation TEXT NOT NULL,
        version INTEGER NOT NULL,
        payload TEXT NOT NULL,
        summary TEXT NOT NULL,
        origin TEXT NOT NULL,
        subentry_id TEXT,
        context_id TEXT,
        user_id TEXT,
        occurred_at REAL NOT NULL,
        accepted_at REAL NOT NULL,
        state TEXT NOT NULL,
        key TEXT,
        lane TEXT,
        follows TEXT,
        expires_at REAL,
        due_at REAL,
        attempts INTEGER NOT NULL,
        first_sent_at REAL,
        asked_since REAL,
        look_ups INTEGER NOT NULL,
        unclear INTEGER NOT NULL,
        results TEXT NOT NULL,
        warnings TEXT NOT NULL,
        clue TEXT,
        outside_id TEXT,
        receipt TEXT,
        failure_code TEXT,
        failure_reason TEXT,
        settled_at REAL
    ) STRICT;
    CREATE INDEX due ON deliveries (connection, state, due_at);
    CREATE INDEX expiring ON deliveries (connection, expires_at)
        WHERE state = 'pending' AND expires_at IS NOT NULL;
    CREATE INDEX following ON deliveries (connection, follows)
        WHERE follows IS NOT NULL;
    CREATE INDEX ordered ON deliveries (connection, key, state, sequence)
        WHERE key IS NOT NULL;
    CREATE INDEX laned ON deliveries (connection, lane, state)
        WHERE lane IS NOT NULL;
    CREATE INDEX outside ON deliveries (connection, outside_id)
        WHERE outside_id IS NOT NULL;
    CREATE INDEX listed ON deliveries (connection, sequence);
    CREATE INDEX settled ON deliveries (connection, settled_at, state)
        WHERE settled_at IS NOT NULL;
    """,
    """
    CREATE TABLE notes (
        connection TEXT NOT NULL,
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        keeps TEXT,
        PRIMARY KEY (connection, subject, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX kept ON notes (keeps) WHERE keeps IS NOT NULL;
    """,
    """
    CREATE INDEX paged ON deliveries (connection, state, sequence);
    """,
    """
    CREATE INDEX bound ON deliveries (connection, outside_id)
        WHERE outside_id IS NOT NULL
        AND state IN ('pending', 'sending', 'uncertain');
    """,
    """
    ALTER TABLE deliveries ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
    """,
    """
    ALTER TABLE deliveries ADD COLUMN told_at REAL;
    """,
    """
    ALTER TABLE deliveries ADD COLUMN target_at TEXT;
    ALTER TABLE deliveries ADD COLUMN sent_to TEXT;
    """,
    GENERATION_SCHEMA,
    """
    ALTER TABLE deliveries ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
    """,
    """
    ALTER TABLE deliveries ADD COLUMN checksum INTEGER;
    """,
    """
    ALTER TABLE deliveries ADD COLUMN times_checksum INTEGER;
    ALTER TABLE deliveries ADD COLUMN outcome_checksum INTEGER;
    """,
    """
    CREATE INDEX held_back ON deliveries (connection, failure_code)
        WHERE state = 'pending' AND failure_code IS NOT NULL;
    """,
    """
    ALTER TABLE deliveries RENAME COLUMN unclear TO outcome_unknown;
    ALTER TABLE deliveries RENAME COLUMN told_at TO reported_time;
    """,
)
"""One script for each version of the schema; `PRAGMA user_version` counts them."""


_ACCEPTED = (
    *("id", "connection", "operation", "version", "payload", "summary"),
    *("origin", "subentry_id", "context_id", "user_id", "occurred_at", "accepted_at"),
    *("key", "lane", "follows", "restored", "target_at", "ahead"),
)
COLUMNS = (
    *(*_ACCEPTED, REQUEST.column, TIMES.column),
    *("state", "due_at", "settled_at", *OUTCOME.names, OUTCOME.column),
)
"""All columns but the place of a row, in the order of `values`."""
OUTCOME_COLUMNS = ("id", *COLUMNS[COLUMNS.index("state") :])
"""The columns that change after acceptance, in the order of `outcome_values`."""
CLAIM_COLUMNS = (
    *("id", "state", "due_at", "attempts", "first_sent_at", "reported_time", "sent_to"),
)
"""The columns that change when an attempt begins, in the order of `claim_values`."""
NOTE_COLUMNS = ("connection", "subject", "name", "value", "keeps")
"""All columns of the state of a rule or mirror."""


def _places(group: Group) -> Callable[[Sequence[Value]], Sequence[Value]]:
    """Return a function that picks the values of a group from those of `_ACCEPTED`."""
    return itemgetter(*map(_ACCEPTED.index, group.names))


_request_of = _places(REQUEST)
_times_of = _places(TIMES)


def values(delivery: Delivery) -> tuple[Value, ...]:
    """Return the values of all columns of a delivery."""
    origin = delivery.origin
    accepted = (
        delivery.id,
        delivery.connection,
        delivery.operation,
        delivery.version,
        json.dumps(delivery.payload),
        delivery.summary,
        origin.kind.value,
        origin.subentry_id,
        origin.context_id,
        origin.user_id,
        delivery.occurred_at.timestamp(),
        delivery.accepted_at.timestamp(),
        delivery.key,
        delivery.lane,
        delivery.follows,
        int(delivery.restored),
        _dump_instance(delivery.target_at),
        int(delivery.ahead),
    )
    return (
        *accepted,
        REQUEST.checksum(_request_of(accepted)),
        TIMES.checksum(_times_of(accepted)),
        *outcome_values(delivery)[1:],
    )


def outcome_values(delivery: Delivery) -> tuple[Value, ...]:
    """Return the id, and the values of columns that change after acceptance."""
    receipt = delivery.receipt
    failure = delivery.failure
    outcome = (
        json.dumps(dict(delivery.results)) if delivery.results else "{}",
        json.dumps(delivery.warnings) if delivery.warnings else "[]",
        json.dumps(delivery.clue) if delivery.clue is not None else None,
        receipt.outside_id if receipt else None,
        json.dumps(_dump_receipt(receipt)) if receipt else None,
        failure.code if failure else None,
        failure.reason if failure else None,
        _dump_instance(delivery.sent_to),
        delivery.attempts,
        delivery.look_ups,
        int(delivery.outcome_unknown),
        _seconds(delivery.expires_at),
        _seconds(delivery.asked_since),
        _seconds(delivery.first_sent_at),
        _seconds(delivery.reported_time),
    )
    return (
        delivery.id,
        delivery.state.value,
        _seconds(delivery.due_at),
        _seconds(delivery.settled_at),
        *outcome,
        OUTCOME.checksum(outcome),
    )


def claim_values(delivery: Delivery) -> tuple[Value, ...]:
    """Return the id, and the values of columns that change when an attempt begins."""
    return (
        delivery.id,
        delivery.state.value,
        _seconds(delivery.due_at),
        delivery.attempts,
        _seconds(delivery.first_sent_at),
        _seconds(delivery.reported_time),
        _dump_instance(delivery.sent_to),
    )


def from_row(row: sqlite3.Row | Mapping[str, Any]) -> Delivery:
    """Build a delivery from its columns.

    Raises DatabaseError for values that cannot have been written: SQLite does not
    notice damage inside a value.
    """
    # Each access to a column of a Row searches all its names.
    row = (
        dict(zip(row.keys(), row, strict=True)) if isinstance(row, sqlite3.Row) else row
    )
    try:
        if not is_whole(row):
            raise ValueError("a checksum is another one")  # noqa: TRY301 - as any other
        return _from_row(row)
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
    ) as error:
        message = f"delivery {row['sequence']} cannot be read ({error})"
        raise sqlite3.DatabaseError(message) from error


def _from_row(row: Mapping[str, Any]) -> Delivery:
    """Build a delivery from intact columns."""
    return Delivery(
        id=row["id"],
        connection=row["connection"],
        operation=row["operation"],
        version=int(row["version"]),
        payload=json.loads(row["payload"]),
        summary=row["summary"],
        origin=Origin(
            kind=OriginKind(row["origin"]),
            subentry_id=row["subentry_id"],
            context_id=row["context_id"],
            user_id=row["user_id"],
        ),
        occurred_at=datetime.fromtimestamp(row["occurred_at"], UTC),
        accepted_at=datetime.fromtimestamp(row["accepted_at"], UTC),
        state=DeliveryState(row["state"]),
        key=row["key"],
        lane=row["lane"],
        follows=row["follows"],
        expires_at=instant(row["expires_at"]),
        due_at=instant(row["due_at"]),
        attempts=int(row["attempts"]),
        first_sent_at=instant(row["first_sent_at"]),
        asked_since=instant(row["asked_since"]),
        look_ups=int(row["look_ups"]),
        outcome_unknown=bool(row["outcome_unknown"]),
        restored=bool(row["restored"]),
        results=json.loads(row["results"]),
        warnings=tuple(json.loads(row["warnings"])),
        clue=json.loads(row["clue"]) if row["clue"] is not None else None,
        receipt=_load_receipt(row["receipt"]),
        failure=(
            Failure(code=row["failure_code"], reason=row["failure_reason"])
            if row["failure_code"] is not None
            else None
        ),
        settled_at=instant(row["settled_at"]),
        reported_time=instant(row["reported_time"]),
        target_at=_load_instance(row["target_at"]),
        ahead=bool(row["ahead"]),
        sent_to=_load_instance(row["sent_to"]),
    )


def _dump_receipt(receipt: Receipt) -> Mapping[str, object]:
    """Turn a receipt into JSON."""
    return {
        "outside_id": receipt.outside_id,
        "links": dict(receipt.links),
        "details": receipt.details,
        "warnings": receipt.warnings,
        **({"kept": receipt.kept} if receipt.kept else {}),
    }


def _load_receipt(text: str | None) -> Receipt | None:
    """Read a receipt from JSON."""
    if text is None:
        return None
    data = json.loads(text)
    return Receipt(
        outside_id=data["outside_id"],
        links=data["links"],
        details=data["details"],
        warnings=tuple(data["warnings"]),
        kept=data.get("kept", {}),
    )


def _dump_instance(instance: Instance | None) -> str | None:
    """Write the id of a system before its address."""
    return f"{instance.id} {instance.address}" if instance is not None else None


def _load_instance(text: str | None) -> Instance | None:
    """Read a system; raises AttributeError, ValueError."""
    if text is None:
        return None
    found, address = text.split(" ", 1)
    return Instance(id=found, address=address)


def _seconds(moment: datetime | None) -> float | None:
    """Return Unix seconds."""
    return moment.timestamp() if moment is not None else None


def instant(seconds: float | None) -> datetime | None:
    """Return an instant from Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
