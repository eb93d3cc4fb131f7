"""Reports losses that nothing else reports: expired and refused deliveries.

A connection has one repair issue per cause, however much is lost. It stays until the
cause is over and all losses have been seen, also through restarts. The log has one
line when the cause begins, and one when it is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import Any, Protocol, cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..backends.errors import BackendError
from ..const import DOMAIN
from ..counts import CountsCoordinator
from ..home_language import in_home_language, reason_in_words, texts_of
from ..queue.delivery import Delivery, DeliveryState, Failure
from ..queue.queue import DeliveryQueue
from ..queue.worker import Worker
from ..rules.listeners import Listeners
from ..rules.outcome import Outcome, OutcomeKind
from ..rules.rules import Rules
from ..rules.subentry_runner import SubentryRunner
from .descriptions import OutcomeWords

_LOGGER = logging.getLogger(__name__)

LOSS_ISSUE = "losses_"
QUIET = timedelta(minutes=5)
"""Time without losses before the log says that the cause is over."""
GATHERING = 1.0
"""Debounce of the repair issue: seconds from a loss until it is shown."""


class Cause(StrEnum):
    """Cause of a loss."""

    EXPIRED = "expired"
    """It expired before the backend accepted it."""
    OUTBOX_FULL = "outbox_full"
    OUTBOX_UNAVAILABLE = "outbox_unavailable"
    """The file could not be written: the disk is full or damaged."""
    NOT_MADE = "not_made"
    """A rule fired, but its templates rendered nothing acceptable."""


CAUSES = {
    "outbox_full": Cause.OUTBOX_FULL,
    "outbox_unavailable": Cause.OUTBOX_UNAVAILABLE,
    "sent_unrecorded": Cause.OUTBOX_UNAVAILABLE,
}
"""Causes of the queue's refusals, by reason key."""
_WORDS = {
    Cause.EXPIRED: "deliveries expire",
    Cause.OUTBOX_FULL: "the outbox is full, and refuses what is new",
    Cause.OUTBOX_UNAVAILABLE: "the outbox cannot be written, and refuses what is new",
    Cause.NOT_MADE: "firings of rules cannot be delivered",
}


@dataclass
class Loss:
    """Unseen losses of one cause."""

    count: int = 0
    reason: str = ""
    """Readable; that of the last one."""
    last_at: datetime | None = None
    """None for losses of an earlier run."""
    seen: bool = False


class ConnectionState(Protocol):
    """What is read of a connection; its coordinator provides it."""

    queue: DeliveryQueue
    worker: Worker
    counts: CountsCoordinator
    rules: Rules | None
    last_exception: BaseException | None
    last_update_success: bool

    @property
    def sends_nothing_for_long(self) -> bool:
        """Return whether nothing is sent until somebody acts."""

    def async_add_listener(self, update_callback: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when its health changes; return a callback to remove it."""


class Losses:
    """Tracks the losses of one connection."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], connection: ConnectionState
    ) -> None:
        """Initialize with the stored unseen losses of the connection."""
        self._hass = hass
        self._entry = entry
        self._connection = connection
        self._losses: dict[Cause, Loss] = {}
        self._logged: dict[Cause, int] = {}
        """Losses since the log line of each ongoing cause."""
        self._failing: set[str] = set()
        """Rules whose last firing could not be delivered."""
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._listeners: Listeners[[]] = Listeners()
        self.refused = 0
        """Number of requests in this run that did not become a delivery."""
        for cause in Cause:
            issue = ir.async_get(hass).async_get_issue(DOMAIN, self._issue_id(cause))
            if issue is not None and issue.data is not None:
                self._losses[cause] = Loss(
                    count=int(cast("int", issue.data["count"])),
                    reason=str(issue.data["reason"]),
                    seen=bool(issue.data["seen"]),
                )

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen for losses and for the end of causes; return a callback to stop."""
        connection = self._connection
        stops = [
            connection.queue.listen(self._changed),
            connection.counts.async_add_listener(self._forget_seen),
            connection.async_add_listener(self._forget_seen),
        ]

        def stop() -> None:
            for one in stops:
                one()
            for cancel in self._timers.values():
                cancel()
            self.async_show()

        return stop

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call a listener when a number changes; return a callback to remove it."""
        return self._listeners.add(listener)

    @callback
    def async_observe(self, runner: SubentryRunner) -> None:
        """Listen to what a rule or mirror could not get accepted.

        A changed one no longer counts as failing.
        """

        def told(outcome: Outcome) -> None:
            if outcome.delivery is not None or outcome.kind is not OutcomeKind.FAILED:
                return
            cause = CAUSES.get(outcome.reason_key, Cause.NOT_MADE)
            if cause is Cause.NOT_MADE:
                if runner.names_refused:
                    self.refused += 1
                    self._show_soon()
                    return
                self._failing.add(runner.id)
            self._refuse(cause, f"{runner.title}: {outcome.reason}")

        self._failing.discard(runner.id)
        runner.listen(told)
        self._forget_seen()

    @callback
    def async_refused(self, error: HomeAssistantError) -> None:
        """Count an action's request that the queue refused."""
        self._refuse(
            CAUSES[error.translation_key or ""], in_home_language(self._hass, error)
        )

    @callback
    def async_seen(self, cause: Cause) -> bool:
        """Mark losses as seen; return whether the cause is over."""
        if (loss := self._losses.get(cause)) is not None:
            loss.seen = True
            self._forget_seen()
            self.async_show()
        return cause not in self._losses

    @callback
    def _changed(self, delivery: Delivery) -> None:
        """Count an expired delivery, and note that a rule delivers again."""
        if delivery.state is DeliveryState.EXPIRED:
            self._lose(Cause.EXPIRED, self._why_expired(delivery))
            return
        if self._failing and delivery.origin.subentry_id in self._failing:
            self._failing.discard(delivery.origin.subentry_id)
            self._forget_seen()

    def _why_expired(self, delivery: Delivery) -> str:
        """Return a readable reason for expiry, as far as known.

        A delivery without an attempt was held up by the cause that blocked the others.
        """
        words = OutcomeWords(texts_of(self._hass, "common"))
        if self._connection.worker.switched_off:
            return words.why("paused", {})
        match delivery.failure or self._connection.last_exception:
            case (Failure() | BackendError()) as error:
                return reason_in_words(self._hass, error.reason) or words.why(
                    error.code, {}
                )
            case HomeAssistantError() as error:
                return in_home_language(self._hass, error)
        known = self._losses.get(Cause.EXPIRED)
        return known.reason if known is not None else ""

    def _refuse(self, cause: Cause, reason: str) -> None:
        """Count a request that did not become a delivery."""
        self.refused += 1
        self._lose(cause, reason)

    def _lose(self, cause: Cause, reason: str) -> None:
        """Record a loss, and schedule its report."""
        loss = self._losses.setdefault(cause, Loss())
        loss.count += 1
        loss.reason, loss.last_at, loss.seen = reason, dt_util.utcnow(), False
        if cause not in self._logged:
            self._logged[cause] = 0
            # Without the reason, which may contain a user's text.
            _LOGGER.warning("%s: %s", self._entry.title, _WORDS[cause])
            self._after(QUIET.total_seconds(), cause, self._log_if_over)
        self._logged[cause] += 1
        self._show_soon()

    def _show_soon(self) -> None:
        """Schedule the update of the repair issue."""
        self._after(GATHERING, "show", lambda _: self.async_show())

    def _after(self, delay: float, name: str, action: Callable[[str], None]) -> None:
        """Schedule an action unless it is already scheduled."""
        if name in self._timers:
            return

        @callback
        def due(_: datetime) -> None:
            del self._timers[name]
            action(name)

        self._timers[name] = async_call_later(
            self._hass, delay, HassJob(due, cancel_on_shutdown=True)
        )

    @callback
    def _log_if_over(self, name: str) -> None:
        """Log that a cause is over, if it is."""
        cause = Cause(name)
        loss = self._losses.get(cause)
        last_at = loss.last_at if loss else None
        quiet_for = QUIET if last_at is None else dt_util.utcnow() - last_at
        if quiet_for < QUIET or self._is_ongoing(cause):
            left = QUIET - quiet_for if quiet_for < QUIET else QUIET
            self._after(left.total_seconds(), cause, self._log_if_over)
            return
        # At the level of its beginning, so that the same readers see it.
        _LOGGER.warning(
            "%s: it is over that %s; lost: %s",
            self._entry.title,
            _WORDS[cause],
            self._logged.pop(cause),
        )

    def _is_ongoing(self, cause: Cause) -> bool:
        """Return whether the cause is ongoing."""
        connection = self._connection
        match cause:
            case Cause.EXPIRED:
                waits = connection.sends_nothing_for_long
                return waits or not connection.last_update_success
            case Cause.OUTBOX_FULL:
                return connection.counts.data.waiting >= connection.queue.limit
            case Cause.OUTBOX_UNAVAILABLE:
                return not connection.counts.last_update_success
            case Cause.NOT_MADE:
                rules = connection.rules
                runners = rules.runners.keys() if rules is not None else ()
                return bool(self._failing.intersection(runners))

    @callback
    def _forget_seen(self) -> None:
        """Forget losses that have been seen and whose cause is over."""
        for cause, loss in tuple(self._losses.items()):
            if loss.seen and not self._is_ongoing(cause):
                del self._losses[cause]
                ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(cause))

    @callback
    def async_show(self) -> None:
        """Update the repair issue of each cause, and notify listeners."""
        for cause, loss in self._losses.items():
            text = "losses_not_made"
            match cause:
                case Cause.EXPIRED:
                    text = "losses_expired"
                case Cause.OUTBOX_FULL:
                    text = "losses_outbox_full"
                case Cause.OUTBOX_UNAVAILABLE:
                    text = "losses_outbox_unavailable"
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue_id(cause),
                data={
                    "entry_id": self._entry.entry_id,
                    "cause": cause.value,
                    "count": loss.count,
                    "reason": loss.reason,
                    "seen": loss.seen,
                },
                is_fixable=True,
                is_persistent=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=text,
                translation_placeholders={"connection": self._entry.title},
            )
        self._listeners.notify(None)

    def _issue_id(self, cause: Cause) -> str:
        """Return the id of the repair issue of a cause."""
        return f"{LOSS_ISSUE}{cause.value}_{self._entry.entry_id}"
