"""Tests of receipts that are completed after their deliveries have settled."""

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

from .ledger import ACTION, LEDGER, Clock, LedgerClient, Line, WriteLine
from .pipeline import OWNER
from .virtual import LoopDatabase, VirtualLoop

LOOKS = (2, 60, 600)
"""Seconds after the end of a delivery at which its receipt is looked up."""
PAGE = Receipt(links={"page": "p"}, details={"page": 7})


@dataclass
class PageClient(LedgerClient):
    """Returns a page of a line from a number of look-ups on."""

    looks: int = 0
    knows_from: int = 1
    trouble: BackendError | None = None

    async def page(self) -> Receipt | None:
        """Return the page of a line, if it is known."""
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        return PAGE if self.looks >= self.knows_from else None


class WriteLineOnPage(WriteLine):
    """Write a line, whose page is known later."""

    @override
    def enrichment(
        self, payload: Line, receipt: Receipt, capabilities: None, settled_at: datetime
    ) -> Enrichment[Any] | None:
        if "page" in receipt.details:
            return None
        return Enrichment(
            look=lambda client: client.page(),
            at=tuple(settled_at + timedelta(seconds=after) for after in LOOKS),
        )


class EnricherRun:
    """An enricher in simulated time, and its results."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.client = PageClient()
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
                client=self.client,
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
        """End the run as a reload or a stop does, and begin another."""
        self.running.cancel()
        self.loop.settle()
        self.start()

    def deliver(self, delivery_id: str = "d1", **changes: object) -> Delivery:
        """Store a delivered delivery, and notify the enricher."""
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
        """Return a receipt from the file."""
        stored = self.loop.now(self.store.get(delivery_id))
        assert stored is not None
        assert stored.receipt is not None
        return stored.receipt


@pytest.fixture
def run(tmp_path: Path) -> Iterator[EnricherRun]:
    """Return an enricher that is running."""
    run = EnricherRun(tmp_path / "outbox.db")
    yield run
    run.loop.end()
    run.database.raw.close()


def test_receipt_is_completed(run: EnricherRun) -> None:
    delivery = run.deliver()
    run.loop.forward(seconds=1)
    assert run.client.looks == 0
    run.loop.forward(seconds=1)
    richer = Receipt(
        outside_id="1",
        links={"line": "l", "page": "p"},
        details={"page": 7},
        warnings=("w",),
    )
    assert run.receipt() == richer
    assert run.enriched == [replace(delivery, receipt=richer)]
    run.loop.forward(days=2)
    assert run.client.looks == 1


def test_look_ups_are_repeated_until_found(run: EnricherRun) -> None:
    run.client.knows_from = 3
    run.deliver()
    run.loop.forward(seconds=599)
    assert (run.client.looks, run.receipt().details) == (2, {})
    run.loop.forward(seconds=1)
    assert (run.client.looks, run.receipt().details) == (3, {"page": 7})


@pytest.mark.parametrize("trouble", [None, CannotConnect("away")])
def test_look_ups_end(run: EnricherRun, trouble: BackendError | None) -> None:
    run.client.knows_from, run.client.trouble = 1_000, trouble
    run.deliver()
    run.loop.forward(days=7)
    assert run.client.looks == len(LOOKS)
    assert run.receipt().links == {"line": "l"}
    assert run.loop.settle() is None
    assert not run.enriched


def test_failing_look_up_affects_no_other(
    run: EnricherRun, caplog: pytest.LogCaptureFixture
) -> None:
    run.deliver("broken", payload={"text": "no steps"})
    run.deliver()
    run.loop.forward(seconds=2)
    assert run.receipt().details == {"page": 7}
    assert "broken: its receipt stays as it is" in caplog.text


@pytest.mark.parametrize(
    "state", [DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.PENDING]
)
def test_only_delivered_ones_are_looked_up(
    run: EnricherRun, state: DeliveryState
) -> None:
    run.deliver(state=state)
    run.loop.forward(days=1)
    assert run.client.looks == 0


def test_nothing_is_looked_up_while_paused(run: EnricherRun) -> None:
    run.held = True
    run.deliver()
    run.loop.forward(seconds=59)
    assert run.client.looks == 0
    run.held = False
    run.loop.forward(seconds=1)
    assert run.receipt().details == {"page": 7}


def test_deliveries_take_precedence_for_a_while(run: EnricherRun) -> None:
    run.busy = True
    run.deliver("d1")
    run.loop.forward(seconds=10)
    assert run.client.looks == 0
    run.busy = False
    run.loop.forward(seconds=1)
    assert run.receipt("d1").details == {"page": 7}

    run.busy = True
    run.deliver("d2")
    run.loop.forward(seconds=31)
    assert run.receipt("d2").details == {}
    run.loop.forward(seconds=1)
    assert run.receipt("d2").details == {"page": 7}


def test_planned_look_ups_survive_a_restart(run: EnricherRun) -> None:
    run.client.knows_from = 2
    run.deliver()
    run.loop.forward(seconds=1)
    run.restart()
    run.loop.forward(seconds=1)
    assert (run.client.looks, run.receipt().details) == (1, {})
    run.loop.forward(seconds=58)
    assert (run.client.looks, run.receipt().details) == (2, {"page": 7})


@pytest.mark.parametrize("away", [30, 10_000])
def test_missed_look_ups_are_replaced_by_one(run: EnricherRun, away: float) -> None:
    run.deliver()
    run.running.cancel()
    run.loop.settle()
    run.clock.forward(seconds=away)
    run.start()
    assert (run.client.looks, run.receipt().details) == (1, {"page": 7})


def test_receipts_older_than_a_day_are_ignored_after_a_restart(
    run: EnricherRun,
) -> None:
    run.running.cancel()
    run.loop.settle()
    run.deliver()
    run.clock.forward(days=2)
    run.start()
    assert run.client.looks == 0


def test_start_is_looked_up_together_with_its_end(run: EnricherRun) -> None:
    run.client.knows_from = len(LOOKS) + 1
    run.deliver("start")
    run.loop.forward(days=1)
    assert run.client.looks == len(LOOKS)
    run.deliver("end", follows="start")
    run.loop.forward(seconds=2)
    assert run.receipt("start").details == {"page": 7}
    assert run.receipt("end").details == {"page": 7}


def test_number_of_waiting_look_ups_is_limited(
    run: EnricherRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enricher, "MOST", 2)
    for number in range(3):
        run.deliver(f"d{number}")
    run.loop.forward(seconds=2)
    found = [run.receipt(f"d{number}").details for number in range(3)]
    assert found == [{"page": 7}, {"page": 7}, {}]


def test_unavailable_file_and_missing_row_are_ignored(run: EnricherRun) -> None:
    run.deliver()
    run.deliver("gone")
    run.database.raw.execute("DELETE FROM deliveries WHERE id = 'gone'")
    run.database.full = True
    run.loop.forward(seconds=2)
    assert not run.enriched
    run.database.full = False
    run.loop.forward(seconds=58)
    assert [one.id for one in run.enriched] == ["d1"]
    assert run.receipt().details == {"page": 7}


def test_backend_without_enrichment_costs_nothing(run: EnricherRun) -> None:
    run.backend = LEDGER
    statements: list[str] = []
    run.database.raw.set_trace_callback(statements.append)
    run.restart()
    assert not statements
    assert run.running.done()
    run.deliver()
    assert run.loop.settle() is None
    assert asyncio.all_tasks(run.loop) == set()
