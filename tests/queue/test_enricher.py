"""Receipts of settled deliveries get what can only be read afterwards."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, override

import pytest

from custom_components.event_relay.backends.base import Enrichment, Receipt
from custom_components.event_relay.backends.errors import BackendError, CannotConnect
from custom_components.event_relay.queue import enricher
from custom_components.event_relay.queue.connection import Connection
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.queue.enricher import Enricher
from custom_components.event_relay.queue.store.store import Store

from .conftest import OWNER
from .ledger import ACTION, LEDGER, Clock, LedgerClient, Line, WriteLine
from .virtual import LoopDatabase, VirtualLoop

LOOKS = (2, 60, 600)
"""Seconds after the end of a delivery at which its receipt is looked at."""
PAGE = Receipt(links={"page": "p"}, details={"page": 7})


@dataclass
class Library(LedgerClient):
    """Knows pages of lines, from a number of looks on."""

    looks: int = 0
    knows_from: int = 1
    trouble: BackendError | None = None

    async def page(self) -> Receipt | None:
        """Tell the page of a line, if it is known."""
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        return PAGE if self.looks >= self.knows_from else None


class WriteLineOnPage(WriteLine):
    """Write a line, whose page is known a while later."""

    @override
    def enrichment(
        self,
        payload: Line,
        receipt: Receipt,
        capabilities: None,
        settled_at: datetime,
    ) -> Enrichment[Any] | None:
        if "page" in receipt.details:
            return None
        return Enrichment(
            look=lambda library: library.page(),
            at=tuple(settled_at + timedelta(seconds=after) for after in LOOKS),
        )


class Shelf:
    """An enricher in simulated time, and what it does."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.library = Library()
        self.held = False
        self.busy = False
        self.enriched: list[Delivery] = []
        self.loop = VirtualLoop(self.clock)
        self.store = Store(path)
        self.database = LoopDatabase(path)
        self.store._database = self.database
        self.loop.now(self.store.open())
        self.backend = replace(LEDGER, operations=(WriteLineOnPage(),))
        self.start()

    def start(self) -> None:
        """Begin a run."""
        self.enricher = Enricher(
            connection=Connection(
                id=OWNER,
                backend=self.backend,
                client=self.library,
                capabilities=lambda: None,
                store=self.store,
                clock=self.clock,
            ),
            worker=self,
            enriched=self.enriched.append,
        )
        self.running = self.loop.create_task(self.enricher.run())
        self.loop.settle()

    def restart(self) -> None:
        """End the run as a reload or a stop does, and begin another one."""
        self.running.cancel()
        self.loop.settle()
        self.start()

    def deliver(self, delivery_id: str = "d1", **changes: object) -> Delivery:
        """Store a delivery that has arrived, and tell of it."""
        now = self.clock()
        delivery = Delivery(
            id=delivery_id,
            connection=OWNER,
            operation="write_line",
            version=1,
            payload=WriteLine().dump(Line(text="hello")),
            summary="a line",
            origin=ACTION,
            occurred_at=now,
            accepted_at=now,
            state=DeliveryState.DELIVERED,
            receipt=Receipt(outside_id="1", links={"line": "l"}, warnings=("w",)),
            settled_at=now,
        )
        delivery = replace(delivery, **changes)  # type: ignore[arg-type]
        self.loop.now(self.store.accept(delivery))
        self.enricher.changed(delivery)
        return delivery

    def receipt(self, delivery_id: str = "d1") -> Receipt:
        """Return a receipt as the file has it."""
        stored = self.loop.now(self.store.get(delivery_id))
        assert stored is not None
        assert stored.receipt is not None
        return stored.receipt


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Return an enricher that runs."""
    shelf = Shelf(tmp_path / "outbox.db")
    yield shelf
    shelf.loop.end()
    shelf.database.raw.close()


def test_receipt_gets_what_is_found(shelf: Shelf) -> None:
    delivery = shelf.deliver()
    shelf.loop.forward(seconds=1)
    assert shelf.library.looks == 0
    shelf.loop.forward(seconds=1)
    richer = Receipt(
        outside_id="1",
        links={"line": "l", "page": "p"},
        details={"page": 7},
        warnings=("w",),
    )
    assert shelf.receipt() == richer
    assert shelf.enriched == [replace(delivery, receipt=richer)]
    shelf.loop.forward(days=2)
    assert shelf.library.looks == 1


def test_looks_again_until_it_is_there(shelf: Shelf) -> None:
    shelf.library.knows_from = 3
    shelf.deliver()
    shelf.loop.forward(seconds=599)
    assert (shelf.library.looks, shelf.receipt().details) == (2, {})
    shelf.loop.forward(seconds=1)
    assert (shelf.library.looks, shelf.receipt().details) == (3, {"page": 7})


@pytest.mark.parametrize("trouble", [None, CannotConnect("away")])
def test_nothing_polls_for_ever(shelf: Shelf, trouble: BackendError | None) -> None:
    shelf.library.knows_from, shelf.library.trouble = 1_000, trouble
    shelf.deliver()
    shelf.loop.forward(days=7)
    assert shelf.library.looks == len(LOOKS)
    assert shelf.receipt().links == {"line": "l"}
    assert shelf.loop.settle() is None
    assert not shelf.enriched


def test_one_that_breaks_harms_no_other(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.deliver("broken", payload={"text": "no steps"})
    shelf.deliver()
    shelf.loop.forward(seconds=2)
    assert shelf.receipt().details == {"page": 7}
    assert "broken: its receipt stays as it is" in caplog.text


@pytest.mark.parametrize(
    "state", [DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.PENDING]
)
def test_only_what_has_arrived(shelf: Shelf, state: DeliveryState) -> None:
    shelf.deliver(state=state)
    shelf.loop.forward(days=1)
    assert shelf.library.looks == 0


def test_asks_nothing_while_nothing_is_sent(shelf: Shelf) -> None:
    shelf.held = True
    shelf.deliver()
    shelf.loop.forward(seconds=59)
    assert shelf.library.looks == 0
    shelf.held = False
    shelf.loop.forward(seconds=1)
    assert shelf.receipt().details == {"page": 7}


def test_deliveries_go_first_for_a_while(shelf: Shelf) -> None:
    shelf.busy = True
    shelf.deliver("d1")
    shelf.loop.forward(seconds=10)
    assert shelf.library.looks == 0
    shelf.busy = False
    shelf.loop.forward(seconds=1)
    assert shelf.receipt("d1").details == {"page": 7}

    shelf.busy = True
    shelf.deliver("d2")
    shelf.loop.forward(seconds=31)
    assert shelf.receipt("d2").details == {}
    shelf.loop.forward(seconds=1)
    assert shelf.receipt("d2").details == {"page": 7}


def test_looks_to_come_outlive_a_restart(shelf: Shelf) -> None:
    shelf.library.knows_from = 2
    shelf.deliver()
    shelf.loop.forward(seconds=1)
    shelf.restart()
    shelf.loop.forward(seconds=1)
    assert (shelf.library.looks, shelf.receipt().details) == (1, {})
    shelf.loop.forward(seconds=58)
    assert (shelf.library.looks, shelf.receipt().details) == (2, {"page": 7})


@pytest.mark.parametrize("away", [30, 10_000])
def test_looks_that_were_missed_are_made_up_for_by_one(
    shelf: Shelf, away: float
) -> None:
    shelf.deliver()
    shelf.running.cancel()
    shelf.loop.settle()
    shelf.clock.forward(seconds=away)
    shelf.start()
    assert (shelf.library.looks, shelf.receipt().details) == (1, {"page": 7})


def test_what_is_older_than_a_day_is_left_alone_after_a_restart(shelf: Shelf) -> None:
    shelf.running.cancel()
    shelf.loop.settle()
    shelf.deliver()
    shelf.clock.forward(days=2)
    shelf.start()
    assert shelf.library.looks == 0


def test_a_start_is_looked_at_with_what_follows_it(shelf: Shelf) -> None:
    shelf.library.knows_from = len(LOOKS) + 1
    shelf.deliver("start")
    shelf.loop.forward(days=1)
    assert shelf.library.looks == len(LOOKS)
    shelf.deliver("end", follows="start")
    shelf.loop.forward(seconds=2)
    assert shelf.receipt("start").details == {"page": 7}
    assert shelf.receipt("end").details == {"page": 7}


def test_only_so_many_wait(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enricher, "MOST", 2)
    for number in range(3):
        shelf.deliver(f"d{number}")
    shelf.loop.forward(seconds=2)
    found = [shelf.receipt(f"d{number}").details for number in range(3)]
    assert found == [{"page": 7}, {"page": 7}, {}]


def test_outlives_an_outbox_that_is_away_or_has_lost_it(shelf: Shelf) -> None:
    shelf.deliver()
    shelf.deliver("gone")
    shelf.database.raw.execute("DELETE FROM deliveries WHERE id = 'gone'")
    shelf.database.full = True
    shelf.loop.forward(seconds=2)
    assert not shelf.enriched
    shelf.database.full = False
    shelf.loop.forward(seconds=58)
    assert [one.id for one in shelf.enriched] == ["d1"]
    assert shelf.receipt().details == {"page": 7}


def test_backends_that_add_nothing_cost_nothing(shelf: Shelf) -> None:
    shelf.backend = LEDGER
    statements: list[str] = []
    shelf.database.raw.set_trace_callback(statements.append)
    shelf.restart()
    assert not statements
    assert shelf.running.done()
    shelf.deliver()
    assert shelf.loop.settle() is None
    assert asyncio.all_tasks(shelf.loop) == set()
