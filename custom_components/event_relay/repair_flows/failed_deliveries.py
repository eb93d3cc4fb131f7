"""Repair flow for failed deliveries: view, retry, discard."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
import logging
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..backends.base import UnreadablePayload
from ..backends.markdown import in_markdown, isolated
from ..backends.menu_forms import chosen_step, menu_schema
from ..card.address import async_card_path, delivery_address
from ..coordinator import RelayConfigEntry
from ..errors import delivery_error
from ..home_language import (
    in_home_language,
    moment_in_words,
    operation_name,
    texts_of,
)
from ..outcomes.announcer import entity_of
from ..queue.delivery import Delivery
from ..queue.queue import DeliveryQueue, NotAllowed
from ..queue.store.store import StaleDelivery, StoreUnavailable
from .addresses import activity_address, async_trace_addresses

_LOGGER = logging.getLogger(__name__)

REASONS = "reasons"
CONF_DECISION = "decision"
LEAVE = "leave"
SEND_AGAIN = "send_again"
ARRIVED = "arrived"
DISCARD = "discard"

LISTED = 10
"""Most reasons shown at once."""

type Step = Callable[[], Awaitable[RepairsFlowResult]]


class FailedDeliveriesFlow(RepairsFlow):
    """Guides the user through failed deliveries.

    It never finishes: the issue is deleted when the count of failed deliveries is
    zero, which is known only a moment later.
    """

    def __init__(self, entry_id: str) -> None:
        """Initialize for a connection."""
        self._entry_id = entry_id
        self._known: Sequence[Delivery] = ()
        self._unknown: Sequence[Delivery] = ()
        self._left: set[str] = set()
        """Deliveries of unknown outcome that the user decided to leave."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the choices that apply, or continue with the chosen one."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        return await self._with_queue(self._menu)

    async def async_step_known(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the choices for deliveries that failed for a known reason."""
        return await self.async_step_init(user_input)

    async def async_step_unknown(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the choices for deliveries that may have arrived."""
        return await self.async_step_init(user_input)

    async def async_step_reasons(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show why the last of them failed, and return to the choices."""
        if user_input is not None:
            return await self.async_step_init()
        newest = [*self._known, *self._unknown]
        newest.sort(key=lambda delivery: delivery.accepted_at, reverse=True)
        card = await async_card_path(self.hass, self._entry_id)
        traces = await async_trace_addresses(self.hass)
        reasons = [
            f"- {self._linked(delivery, card)}: {self._traced_reason(delivery, traces)}"
            for delivery in newest[:LISTED]
        ]
        return self.async_show_form(
            step_id=REASONS,
            data_schema=vol.Schema({}),
            description_placeholders={
                "connection": self._entry.title,
                "reasons": "\n".join(reasons),
            },
        )

    async def async_step_retry_all(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Retry all that failed for a known reason."""

        async def retry() -> RepairsFlowResult:
            await self._queue.retry_failed()
            return self.async_abort(reason="retried")

        return await self._with_queue(retry)

    async def async_step_discard_all(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Discard all that failed for a known reason, after confirmation."""
        if user_input is None:
            return self.async_show_form(
                step_id="discard_all",
                data_schema=vol.Schema({}),
                description_placeholders=self._described(),
            )

        async def discard() -> RepairsFlowResult:
            for delivery in self._known:
                await _as_far_as_possible(delivery, self._queue.discard(delivery))
            return self.async_abort(reason="discarded")

        return await self._with_queue(discard)

    async def async_step_outcome_unknown(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for a decision on each delivery, one after the other."""

        async def decide() -> RepairsFlowResult:
            if user_input is not None and self._unknown:
                await self._decide(self._unknown[0], user_input[CONF_DECISION])
                await self._read_failed()
            if not self._unknown:
                return self.async_abort(reason="all_decided")
            return await self._ask(self._unknown[0])

        return await self._with_queue(decide)

    async def _ask(self, delivery: Delivery) -> RepairsFlowResult:
        """Ask for a decision on a delivery that may have arrived."""
        decisions = SelectSelectorConfig(
            options=[LEAVE, SEND_AGAIN, ARRIVED, DISCARD],
            translation_key="unknown_outcome",
            mode=SelectSelectorMode.LIST,
        )
        return self.async_show_form(
            step_id="outcome_unknown",
            data_schema=vol.Schema(
                {vol.Required(CONF_DECISION, default=LEAVE): SelectSelector(decisions)}
            ),
            description_placeholders={
                **self._described(),
                "delivery": self._linked(
                    delivery, await async_card_path(self.hass, self._entry_id)
                ),
                "reason": self._traced_reason(
                    delivery, await async_trace_addresses(self.hass)
                ),
                "delivery_id": delivery.id,
            },
        )

    async def _decide(self, delivery: Delivery, decision: str) -> None:
        """Apply the user's decision to one delivery."""
        if decision == SEND_AGAIN:
            again = self._queue.retry(delivery, confirm=True)
            await _as_far_as_possible(delivery, again)
        elif decision == ARRIVED:
            await _as_far_as_possible(delivery, self._queue.arrived(delivery))
        elif decision == DISCARD:
            await _as_far_as_possible(delivery, self._queue.discard(delivery))
        # Also if it was not possible, so as not to ask about it again.
        self._left.add(delivery.id)

    async def _menu(self) -> RepairsFlowResult:
        """Show the choices that apply."""
        await self._read_failed()
        if not self._known and not self._unknown:
            return self.async_abort(reason="nothing_failed")
        if not self._unknown:
            step, texts = "known", "failed_known"
            options = ["retry_all", "discard_all"]
        elif not self._known:
            step, texts = "unknown", "failed_unknown"
            options = ["outcome_unknown"]
        else:
            step, texts = "init", "failed_deliveries"
            options = ["retry_all", "discard_all", "outcome_unknown"]
        return self.async_show_form(
            step_id=step,
            data_schema=menu_schema([REASONS, *options], texts, proposed=REASONS),
            description_placeholders=self._numbers(),
        )

    async def _read_failed(self) -> None:
        """Read the failed deliveries; raises StoreUnavailable."""
        self._known = await self._queue.failed()
        self._unknown = [
            delivery
            for delivery in await self._queue.failed(unknown=True)
            if delivery.id not in self._left
        ]

    async def _with_queue(self, step: Step) -> RepairsFlowResult:
        """Run a step that needs the queue; abort if it is unavailable."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        try:
            return await step()
        except StoreUnavailable:
            return self.async_abort(reason="outbox_unavailable")

    @property
    def _entry(self) -> RelayConfigEntry:
        """Return the connection."""
        return self.hass.config_entries.async_get_known_entry(self._entry_id)

    @property
    def _queue(self) -> DeliveryQueue:
        """Return its queue."""
        return self._entry.runtime_data.queue

    def _numbers(self) -> dict[str, str]:
        """Return the number of deliveries of each kind."""
        return {
            "connection": self._entry.title,
            "known": str(len(self._known)),
            "unknown": str(len(self._unknown)),
        }

    def _described(self) -> dict[str, str]:
        """Return the numbers and the connection, for forms whose title lacks it."""
        return {**self._numbers(), "connection": in_markdown(self._entry.title)}

    def _linked(self, delivery: Delivery, card: str | None) -> str:
        """Return Markdown that names a delivery, as a link to the card or Activity."""
        described = self._describe(delivery)
        if card is not None:
            return f"[{described}]({delivery_address(card, delivery.id)})"
        subentry_id = delivery.origin.subentry_id
        entity_id = entity_of(self.hass, self._entry_id, subentry_id)
        if entity_id is None or delivery.settled_at is None:
            return described
        return f"[{described}]({activity_address(entity_id, delivery.settled_at)})"

    def _describe(self, delivery: Delivery) -> str:
        """Return Markdown that names a delivery and its subject."""
        at = moment_in_words(self.hass, delivery.occurred_at, seconds=True)
        described = f"{at}, {operation_name(self.hass, delivery.operation)}"
        if not delivery.summary:
            return described
        return f"{described}, {in_markdown(isolated(delivery.summary))}"

    def _traced_reason(self, delivery: Delivery, traces: Mapping[str, str]) -> str:
        """Return why it failed, with a link to its automation's trace, if kept."""
        reason = self._reason(delivery)
        if (trace := traces.get(delivery.origin.context_id or "")) is None:
            return reason
        return f"{reason} ([{texts_of(self.hass, 'common')['card_trace']}]({trace}))"

    def _reason(self, delivery: Delivery) -> str:
        """Return why it failed, including the backend's own words."""
        return in_markdown(
            in_home_language(
                self.hass, delivery_error(self.hass, delivery, self._entry.title)
            )
        )


async def _as_far_as_possible(delivery: Delivery, work: Awaitable[Delivery]) -> None:
    """Await the work; ignore a delivery that has moved on or is unreadable."""
    try:
        await work
    except (NotAllowed, StaleDelivery, UnreadablePayload, KeyError) as error:
        _LOGGER.info("Delivery %s stays as it is: %r", delivery.id, error)
