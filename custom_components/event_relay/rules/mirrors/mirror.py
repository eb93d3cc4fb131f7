"""Base class of the two kinds of mirrors."""

from abc import abstractmethod
import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
import logging
from typing import override
from uuid import UUID, uuid5

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_to_bytes_or_none

from ...backends.base import Instance, InvalidField
from ...backends.errors import BackendError
from ...const import DOMAIN
from ...queue.changed_address import is_elsewhere
from ...queue.delivery import Delivery, DeliveryState, OriginKind
from ...queue.queue import NotAllowed, Request
from ...queue.store.rule_state import Note, Notes
from ...queue.store.store import StaleDelivery, StoreError
from ..context import RuleContext
from ..outcome import Outcome, OutcomeKind, reason_key, reason_values
from ..subentry_runner import SubentryRunner
from .changed_system import async_report_left_behind, note_of_system, remembered_system

BEGUN = "begun"
"""Name of the note that a mirror commits with its first action."""
NEW = timedelta(minutes=10)
"""Age up to which a mirror without notes cannot have lost any.

An older one was added while its connection was not loaded, or lost them with the
queue's file. In both cases it looks before it creates.
"""


def has_lost(subentry_id: str, notes: Mapping[str, Note], now: datetime) -> bool:
    """Return whether a mirror may have lost the notes of what it created.

    The ids of Home Assistant's subentries contain their creation time.
    """
    if BEGUN in notes:
        return False
    made = ulid_to_bytes_or_none(subentry_id)
    if made is None:
        return True
    since = datetime.fromtimestamp(int.from_bytes(made[:6]) / 1000, UTC)
    return now - since > NEW


def uncounted_version(now: datetime) -> int:
    """Return a version above any lost count.

    No delivery must get the id of an earlier one.
    """
    return int(now.timestamp())


_LOGGER = logging.getLogger(__name__)

type FormData = dict[str, str | int | float | None]
"""Data of a repair issue that leads to a form."""

_NAMESPACE = UUID("b0d1fd0c-2c1f-4ff7-8d59-0a3f1c1c7c7e")
"""UUID namespace of the ids of mirrors' deliveries; must never change."""


class Mirror(SubentryRunner):
    """Keeps an object at the backend in sync with one at home.

    It compares the present state with the one last requested, one comparison at a
    time, so that missed changes do not matter.
    """

    def __init__(
        self,
        rule_context: RuleContext,
        subentry_id: str,
        title: str,
        notes: Mapping[str, Note],
    ) -> None:
        """Initialize with the subentry and its stored notes."""
        super().__init__(rule_context, subentry_id, title, notes, OriginKind.MIRROR)
        self._comparing = asyncio.Lock()
        self._again = False
        self._stops: list[CALLBACK_TYPE] = []
        self._listening = False

    @abstractmethod
    def listen_to_source(self) -> list[Callable[[], None]]:
        """Call `look` when the source may have changed; return callbacks to stop."""

    @abstractmethod
    async def compare(self) -> None:
        """Compare source and mirror, and submit the deliveries needed.

        Retried later if it raises StoreError or BackendError.
        """

    @override
    async def async_start(self) -> None:
        """Start once Home Assistant has; before that, sources are not complete."""
        if self._stops or not self.enabled:
            return

        async def begin(_: HomeAssistant) -> None:
            """Listen, and compare for changes in the meantime."""
            self._stops.extend(self.listen_to_source())
            self._listening = True
            self.set_armed(True)
            await self.async_compare()

        self._stops.append(async_at_started(self.hass, begin))

    @override
    async def async_stop(self) -> None:
        """Stop looking, and wait for a running comparison."""
        self._listening = False
        self.set_armed(False)
        while self._stops:
            self._stops.pop()()
        async with self._comparing:
            self._withdraw_issues()

    @override
    async def async_home_stops(self) -> None:
        """Submit nothing more: the next run compares again anyway."""
        await self.async_stop()

    @override
    @callback
    def update_connection(self, rule_context: RuleContext) -> None:
        """Compare again: the connection may lead elsewhere now."""
        super().update_connection(rule_context)
        self.look()

    @callback
    def look(self, _event: object = None) -> None:
        """Compare soon: the source may have changed."""
        if self._listening:
            _ = self.hass.async_create_task(
                self.async_compare(), f"{DOMAIN} mirror {self.id}"
            )

    async def async_compare(self) -> None:
        """Compare now, and once more if something changes meanwhile."""
        self._again = True
        if self._comparing.locked():
            return
        async with self._comparing:
            while self._again and self._listening:
                self._again = False
                try:
                    await self.compare()
                except (StoreError, BackendError) as error:
                    _LOGGER.warning(
                        "%s: compared another time (%s)", self.id, type(error).__name__
                    )

    @callback
    def compare_again(self) -> None:
        """Compare once more after the running comparison."""
        self._again = True

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Suspend comparisons, and compare afterwards."""
        async with self._comparing:
            yield
        self.look()

    @property
    def system_note(self) -> Notes:
        """Return the note of the current system."""
        return note_of_system(self.rule_context.queue.instance)

    def left_in(self, delivery: Delivery | None) -> Instance | None:
        """Return the other system in which a delivery has created something, if any.

        A delivery that has not settled goes to the current system, or is looked up
        there. For an object that was found, without a delivery, the system is stored.
        """
        there, here = remembered_system(self.notes), self.rule_context.queue.instance
        if there is not None and here is not None and there.id == here.id:
            return None
        if delivery is not None:
            if delivery.state is not DeliveryState.DELIVERED:
                return None
            there = delivery.sent_to
        return there if is_elsewhere(there, here) else None

    async def stay(self) -> None:
        """Store the current system unless it is stored; raises StoreError."""
        if remembered_system(self.notes) != self.rule_context.queue.instance:
            await self.remember(self.system_note)

    @callback
    def report_left_behind(self, left: Instance) -> None:
        """Report, once, that something stays in another system."""
        _LOGGER.warning("%s starts over; what it made stays elsewhere", self.title)
        async_report_left_behind(
            self.hass,
            entry_id=self.rule_context.connection,
            mirror_id=self.id,
            title=self.title,
            address=left.address,
        )

    @property
    def lost(self) -> bool:
        """Return whether it may have created something that its notes lack."""
        return has_lost(self.id, self.notes, dt_util.utcnow())

    def delivery_id(self, what: str, version: int) -> str:
        """Return the id of a delivery, which is deterministic."""
        return str(uuid5(_NAMESPACE, f"{self.id}/{what}/{version}"))

    async def submit(
        self,
        operation: str,
        data: Mapping[str, object],
        *,
        delivery_id: str,
        notes: Notes,
    ) -> Delivery:
        """Commit a delivery with its notes.

        Raises InvalidField and StoreError, with nothing committed.
        """
        delivery = await self.rule_context.queue.submit(
            Request(
                operation=operation,
                data=await self.rule_context.canonical(operation, data),
                origin=self.origin(Context()),
                occurred_at=dt_util.utcnow(),
                id=delivery_id,
                notes=notes,
            )
        )
        self.noted(notes)
        return delivery

    async def give_up(self, delivery: Delivery) -> bool:
        """Discard a delivery that has not been sent; return whether it was possible."""
        if delivery.state is not DeliveryState.PENDING or delivery.attempts:
            return False
        try:
            await self.rule_context.queue.discard(delivery)
        except NotAllowed, StaleDelivery:
            return False
        return True

    @callback
    def refuse(self, error: InvalidField, what: str = "") -> str:
        """Report that the source has an invalid value; return the reason.

        `what` is its name for users.
        """
        reason = self.rule_context.explain(error)
        self.tell(
            Outcome(
                kind=OutcomeKind.FAILED,
                occurred_at=dt_util.utcnow(),
                reason=f"{what}: {reason}" if what else reason,
                reason_key=reason_key(error),
                reason_values=reason_values(error),
            )
        )
        return reason

    @property
    def form_data(self) -> FormData:
        """Return the data of a repair issue that leads to the mirror's form."""
        return {"entry_id": self.rule_context.connection, "subentry_id": self.id}

    @property
    def _source_issue(self) -> str:
        """Return the id of the repair issue of a missing source."""
        return f"mirror_source_{self.id}"

    @callback
    def source_is(self, entity_id: str) -> bool:
        """Return whether the source exists; report it as a repair issue if not."""
        if self.hass.states.get(entity_id) is not None:
            ir.async_delete_issue(self.hass, DOMAIN, self._source_issue)
            return True
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._source_issue,
            data=self.form_data,
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="mirror_source_missing",
            translation_placeholders={"mirror": self.title, "entity": entity_id},
        )
        return False

    @callback
    def _withdraw_issues(self) -> None:
        """Delete the repair issues of a mirror that is not running."""
        ir.async_delete_issue(self.hass, DOMAIN, self._source_issue)


def never_was(delivery: Delivery | None) -> bool:
    """Return whether a delivery has certainly not created anything."""
    if delivery is None:
        return True
    ended_otherwise = delivery.state in (
        DeliveryState.FAILED,
        DeliveryState.EXPIRED,
        DeliveryState.DISCARDED,
    )
    return ended_otherwise and not outcome_unknown(delivery)


def outcome_unknown(delivery: Delivery | None) -> bool:
    """Return whether a failed or expired delivery may have created something.

    A delivery that the user discarded counts as given up.
    """
    return (
        delivery is not None
        and delivery.outcome_unknown
        and delivery.state in (DeliveryState.FAILED, DeliveryState.EXPIRED)
    )
