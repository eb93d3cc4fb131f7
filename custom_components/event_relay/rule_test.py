"""Tests a rule by its button, and notifies the user of the result."""

from collections.abc import Mapping

from homeassistant.components.persistent_notification import async_create
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.util import dt as dt_util

from .actions.resolve import WAIT, invalid_field
from .backends.base import InvalidField
from .backends.markdown import in_markdown
from .const import DOMAIN
from .coordinator import RelayConfigEntry
from .errors import delivery_error, outbox_error
from .flows.rule_form import labels_of, refusal_in_words
from .home_language import in_home_language, moment_in_words, texts_of
from .outcomes.descriptions import UNKNOWN, OutcomeWords
from .queue.delivery import Delivery, DeliveryState, Origin, OriginKind
from .queue.optimistic_send import SentUnrecorded
from .queue.queue import Request
from .queue.store.store import StoreError
from .rule_summary import async_trigger_in_words
from .rules.outcome import Outcome
from .rules.rule_runner import RuleRunner, RuleTest
from .rules.samples import Sample
from .rules.triggers import CannotAttach


async def async_test_rule(
    hass: HomeAssistant, entry: RelayConfigEntry, rule: RuleRunner, context: Context
) -> None:
    """Test a rule, and report the result in a notification.

    Everyone sees notifications, so it contains nothing of what was sent. Raises
    HomeAssistantError if the delivery has failed.
    """
    notice = TestNotice(hass, entry, rule, texts_of(hass, "common"))
    try:
        test = await rule.async_test(context, wait=WAIT)
    except CannotAttach as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="rule_not_armed",
            translation_placeholders={"rule": rule.title},
        ) from error
    except (InvalidField, TemplateError, StoreError) as error:
        reason = _reason(hass, entry, rule, error)
        if isinstance(error, SentUnrecorded):
            notice.nobody_knows(reason)
            raise outbox_error(error, entry.title) from error
        notice.not_sent(reason)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="test_not_sent",
            translation_placeholders={"rule": rule.title, "reason": reason},
        ) from error
    notice.ended(test, await async_basis(hass, notice.texts, test.sample))
    if test.delivery.state.settled and not _arrived(test.delivery):
        raise delivery_error(hass, test.delivery, entry.title)


class TestNotice:
    """The notification about the last test of a rule."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: RelayConfigEntry,
        rule: RuleRunner,
        texts: Mapping[str, str],
    ) -> None:
        """Initialize for a rule, with the texts in the home's language."""
        self._hass = hass
        self._entry = entry
        self._rule = rule
        self.texts = texts

    @callback
    def not_sent(self, reason: str) -> None:
        """Report why nothing was sent."""
        self._show(self._text("test_refused", reason=reason))

    @callback
    def nobody_knows(self, reason: str) -> None:
        """Report that it may have arrived."""
        self._show(in_markdown(reason))

    @callback
    def ended(self, test: RuleTest, basis: str) -> None:
        """Report the outcome of the delivery, now or once it settles."""
        about = [basis]
        if not test.marked:
            about.append(self._text("test_unmarked"))
        delivery = test.delivery
        self._show(self._outcome(delivery), *about)
        if delivery.state.settled:
            return

        @callback
        def settled(outcome: Outcome) -> None:
            """Report the outcome."""
            if outcome.delivery is not None and outcome.delivery.id == delivery.id:
                stop()
                self._show(self._outcome(outcome.delivery), *about)

        stop = self._rule.listen(settled)

    def _outcome(self, delivery: Delivery) -> str:
        """Return the outcome of a delivery, without the backend's own words."""
        said = outcome_in_words(self.texts, delivery, self._entry.title)
        if not delivery.state.settled or _arrived(delivery):
            return said
        return f"{said} {self._text('test_details')}"

    def _text(self, key: str, **placeholders: str) -> str:
        """Return a text."""
        return text(self.texts, key, **placeholders)

    def _show(self, *paragraphs: str) -> None:
        """Show the notification, replacing that of an earlier test."""
        async_create(
            self._hass,
            "\n\n".join(paragraphs),
            # Titles are not Markdown.
            title=self.texts["test_title"].format(rule=self._rule.title),
            notification_id=f"{DOMAIN}_test_{self._rule.id}",
        )


async def async_send_test(
    hass: HomeAssistant,
    entry: RelayConfigEntry,
    operation: str,
    data: Mapping[str, object],
    texts: Mapping[str, str],
) -> str:
    """Deliver data once, marked as a test, and return the outcome in Markdown.

    For administrators: it may contain the backend's own words.
    """
    marked = entry.runtime_data.forms.as_test(operation, data)
    request = Request(
        operation=operation,
        data=marked,
        origin=Origin(kind=OriginKind.TEST),
        occurred_at=dt_util.utcnow(),
    )
    try:
        delivery = await entry.runtime_data.queue.submit(request, wait=WAIT)
    except InvalidField as error:
        reason = in_home_language(hass, invalid_field(error))
        return text(texts, "test_refused", reason=reason)
    except StoreError as error:
        return in_markdown(in_home_language(hass, outbox_error(error, entry.title)))
    if delivery.state.settled and not _arrived(delivery):
        reason = in_home_language(hass, delivery_error(hass, delivery, entry.title))
        said = text(texts, _ended_key(delivery), reason=reason.rstrip("."))
    else:
        said = outcome_in_words(texts, delivery, entry.title)
    return said if marked != data else f"{said} {text(texts, 'test_unmarked')}"


def text(texts: Mapping[str, str], key: str, **placeholders: str) -> str:
    """Return a text about tests in Markdown, with its placeholders filled."""
    return texts[key].format(
        **{name: in_markdown(value) for name, value in placeholders.items()}
    )


async def async_basis(
    hass: HomeAssistant, texts: Mapping[str, str], sample: Sample
) -> str:
    """Return the source of a test's variables in words."""
    trigger = await async_trigger_in_words(hass, sample.trigger)
    if sample.fired_at is None:
        return text(texts, "test_sample", trigger=trigger)
    at = moment_in_words(hass, sample.fired_at)
    return text(texts, "test_last_firing", trigger=trigger, time=at)


def outcome_in_words(
    texts: Mapping[str, str], delivery: Delivery, connection: str
) -> str:
    """Return the outcome of a test's delivery in words that everyone may read."""
    state, failure = delivery.state, delivery.failure
    code = failure.code if failure else None
    reason = OutcomeWords(texts).because(state.value, code, {}) or ""
    match state:
        case DeliveryState.DELIVERED:
            warned = delivery.receipt is not None and delivery.receipt.warnings
            key = "test_arrived_in_part" if warned else "test_arrived"
        case DeliveryState.UNCERTAIN:
            key = "test_checked"
        case DeliveryState.PENDING | DeliveryState.SENDING:
            key = "test_waits_because" if reason else "test_waits"
        case _:
            key = _ended_key(delivery)
    return text(texts, key, connection=connection, reason=reason)


def _ended_key(delivery: Delivery) -> str:
    """Return the key of the text about a test that ended without a receipt."""
    failure = delivery.failure
    unknown = failure is not None and failure.code in UNKNOWN
    if delivery.state is DeliveryState.FAILED and unknown:
        return "test_unknown"
    return "test_not_arrived"


def _arrived(delivery: Delivery) -> bool:
    """Return whether a delivery has arrived."""
    return delivery.state is DeliveryState.DELIVERED


def _reason(
    hass: HomeAssistant, entry: RelayConfigEntry, rule: RuleRunner, error: Exception
) -> str:
    """Return why a test was not sent, with the labels of the form."""
    if isinstance(error, StoreError):
        return in_home_language(hass, outbox_error(error, entry.title))
    labels = labels_of(hass, rule.rule.operation)
    return refusal_in_words(hass, error, labels)
