"""What the two kinds of mirrors have in common."""

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
from ..member import Member
from ..outcome import Outcome, OutcomeKind, reason_key, reason_values
from .moving import async_tell_moved, note_of_system, remembered_system

BEGUN = "begun"
"""Name of the note that a mirror makes with the first thing it does."""
NEW = timedelta(minutes=10)
"""Age up to which a mirror without notes has nothing that it could have lost.

One that is older and has none was made while its connection was not loaded, or lost
them with the outbox: either way it looks before it creates.
"""


def has_lost(subentry_id: str, notes: Mapping[str, Note], now: datetime) -> bool:
    """Say whether a mirror may have made something that it knows nothing of.

    Home Assistant's ids of subentries tell when they were made.
    """
    if BEGUN in notes:
        return False
    made = ulid_to_bytes_or_none(subentry_id)
    if made is None:
        return True
    since = datetime.fromtimestamp(int.from_bytes(made[:6]) / 1000, UTC)
    return now - since > NEW


def uncounted_version(now: datetime) -> int:
    """Return a version that no count has come to, for one whose count is lost.

    So that no delivery gets the id of an earlier one.
    """
    return int(now.timestamp())


_LOGGER = logging.getLogger(__name__)

type FormData = dict[str, str | int | float | None]
"""What a repair carries that leads to a form."""

_NAMESPACE = UUID("b0d1fd0c-2c1f-4ff7-8d59-0a3f1c1c7c7e")
"""What the ids of mirrors' deliveries are made in; never to be changed."""


class Mirror(Member):
    """Keeps something outside in step with something at home.

    It compares what there is with what was last asked for, one comparison at a time,
    so that it does not matter what was missed meanwhile.
    """

    def __init__(
        self,
        rule_context: RuleContext,
        subentry_id: str,
        title: str,
        notes: Mapping[str, Note],
    ) -> None:
        """Take the connection, the subentry, and what is remembered of it."""
        super().__init__(rule_context, subentry_id, title, notes, OriginKind.MIRROR)
        self._comparing = asyncio.Lock()
        self._again = False
        self._stops: list[CALLBACK_TYPE] = []
        self._listening = False

    @abstractmethod
    def listen_to_source(self) -> list[Callable[[], None]]:
        """Call `look` when the source may have changed; return how to stop that."""

    @abstractmethod
    async def compare(self) -> None:
        """Compare source and mirror, and ask for what is to be done.

        May raise StoreError and BackendError, and is then tried another time.
        """

    @override
    async def async_start(self) -> None:
        """Wait for Home Assistant to have started; before, nothing can be told."""
        if self._stops or not self.enabled:
            return

        async def begin(_: HomeAssistant) -> None:
            """Listen, and see what has changed meanwhile."""
            self._stops.extend(self.listen_to_source())
            self._listening = True
            self.set_armed(True)
            await self.async_compare()

        self._stops.append(async_at_started(self.hass, begin))

    @override
    async def async_stop(self) -> None:
        """Look no more, and let a comparison that is under way end."""
        self._listening = False
        self.set_armed(False)
        while self._stops:
            self._stops.pop()()
        async with self._comparing:
            self._withdraw_issues()

    @override
    async def async_home_stops(self) -> None:
        """Ask for nothing more: the next run compares, whatever changes meanwhile."""
        await self.async_stop()

    @override
    @callback
    def moved(self, rule_context: RuleContext) -> None:
        """Compare with a connection that may be another now."""
        super().moved(rule_context)
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
        """Compare once more after the comparison that is under way."""
        self._again = True

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Compare nothing meanwhile, and compare afterwards."""
        async with self._comparing:
            yield
        self.look()

    @property
    def system_note(self) -> Notes:
        """The note of the system that it works in now."""
        return note_of_system(self.rule_context.queue.instance)

    def left_in(self, delivery: Delivery | None) -> Instance | None:
        """Return the other system in which a delivery has made something, if any.

        What has not ended goes to the system of now, or is looked up there. Of what
        was found outside instead, which has no delivery, the system is remembered.
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
        """Remember the system of now, unless it is known; raises StoreError."""
        if remembered_system(self.notes) != self.rule_context.queue.instance:
            await self.remember(self.system_note)

    @callback
    def tell_moved(self, left: Instance) -> None:
        """Tell, once, that something stays in another system."""
        _LOGGER.warning("%s starts over; what it made stays elsewhere", self.title)
        async_tell_moved(
            self.hass,
            entry_id=self.rule_context.connection,
            mirror_id=self.id,
            title=self.title,
            address=left.address,
        )

    @property
    def lost(self) -> bool:
        """Whether something may be outside that is not remembered."""
        return has_lost(self.id, self.notes, dt_util.utcnow())

    def delivery_id(self, what: str, version: int) -> str:
        """Return the id of a delivery, the same whenever it is worked out."""
        return str(uuid5(_NAMESPACE, f"{self.id}/{what}/{version}"))

    async def submit(
        self,
        operation: str,
        data: Mapping[str, object],
        *,
        delivery_id: str,
        notes: Notes,
    ) -> Delivery:
        """Commit a delivery and what is to be known of it.

        Raises InvalidField and StoreError; then nothing was committed.
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
        """Discard what has not been sent; say whether that could be done."""
        if delivery.state is not DeliveryState.PENDING or delivery.attempts:
            return False
        try:
            await self.rule_context.queue.discard(delivery)
        except NotAllowed, StaleDelivery:
            return False
        return True

    @callback
    def refuse(self, error: InvalidField, what: str = "") -> str:
        """Tell that something cannot be made of what is at home; return why.

        `what` is how people call it.
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
        """Data of a repair that leads to the mirror's form."""
        return {"entry_id": self.rule_context.connection, "subentry_id": self.id}

    @property
    def _source_issue(self) -> str:
        """Id of the repair that says that the source is not there."""
        return f"mirror_source_{self.id}"

    @callback
    def source_is(self, entity_id: str) -> bool:
        """Say whether the source exists; what does not is a repair for the user."""
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
        """Delete the repairs of a mirror that does not work now."""
        ir.async_delete_issue(self.hass, DOMAIN, self._source_issue)


def never_was(delivery: Delivery | None) -> bool:
    """Say whether a delivery has surely not made anything."""
    if delivery is None:
        return True
    ended_otherwise = delivery.state in (
        DeliveryState.FAILED,
        DeliveryState.EXPIRED,
        DeliveryState.DISCARDED,
    )
    return ended_otherwise and not outcome_unknown(delivery)


def outcome_unknown(delivery: Delivery | None) -> bool:
    """Say whether a delivery failed, or expired, and may yet have made something.

    What the user has discarded counts as given up.
    """
    return (
        delivery is not None
        and delivery.unclear
        and delivery.state in (DeliveryState.FAILED, DeliveryState.EXPIRED)
    )
