"""Errors that users see, translated, from those of the queue and the backends."""

from typing import Any

from homeassistant.core import HomeAssistant, async_get_hass
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.update_coordinator import UpdateFailed

from .backends.errors import BackendError, InvalidCredentials
from .const import DOMAIN
from .home_language import reason_in_words
from .queue.delivery import Delivery, DeliveryState, no_retry_helps
from .queue.optimistic_send import SentUnrecorded
from .queue.store.store import QueueFull, StoreError, StoreTooNew


def delivery_error(
    hass: HomeAssistant, delivery: Delivery, connection: str
) -> HomeAssistantError:
    """Return the error of a delivery that settled without arriving."""
    failure = delivery.failure
    code = delivery.state.value
    if failure and (
        delivery.state is DeliveryState.FAILED or no_retry_helps(failure.code)
    ):
        code = failure.code
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=code,
        translation_placeholders={
            "connection": connection,
            "reason": reason_in_words(hass, failure.reason if failure else "") or code,
        },
    )


def backend_error(
    hass: HomeAssistant, error: BackendError, connection: str
) -> HomeAssistantError:
    """Return the error of a failed query to a backend."""
    return HomeAssistantError(**_error_text(hass, error, connection))


def update_error(
    hass: HomeAssistant, error: BackendError, connection: str
) -> HomeAssistantError:
    """Return the error of a poll; for refused credentials one that asks for others."""
    refused = isinstance(error, InvalidCredentials)
    kind = ConfigEntryAuthFailed if refused else UpdateFailed
    return kind(**_error_text(hass, error, connection))


def outbox_error(error: StoreError, connection: str = "") -> HomeAssistantError:
    """Return the error of the queue."""
    key = "outbox_unavailable"
    waiting = limit = 0
    match error:
        case QueueFull():
            key = "outbox_full"
            waiting, limit = error.waiting, error.limit
        case SentUnrecorded():
            key = "sent_unrecorded"
        case StoreTooNew():
            key = "outbox_too_new"
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={
            "connection": connection,
            "reason": reason_in_words(async_get_hass(), str(error)),
            "waiting": str(waiting),
            "limit": str(limit),
        },
    )


def _error_text(
    hass: HomeAssistant, error: BackendError, connection: str
) -> dict[str, Any]:
    """Return the translation arguments of a client's error."""
    return {
        "translation_domain": DOMAIN,
        "translation_key": error.code,
        "translation_placeholders": {
            "connection": connection,
            "reason": reason_in_words(hass, error.reason) or error.code,
        },
    }
