"""Options of every connection: queue limit, retention and others."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.helpers.selector import BooleanSelector
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .backends.forms import BackendForms
from .backends.input_forms import BoundedNumber
from .const import (
    CONF_DEFAULT,
    CONF_PAUSED,
    CONF_RETENTION_DAYS,
    CONF_SPREAD,
    CONF_UNSETTLED_LIMIT,
)
from .queue.store.store import UNSETTLED_LIMIT

RETENTION_DAYS = 7
RETENTION_DAYS_MOST = 365
SPREAD_MOST = 600
UNSETTLED_LIMIT_LEAST = 100
UNSETTLED_LIMIT_MOST = 200_000


_OUTBOX = {
    vol.Required(CONF_RETENTION_DAYS, default=RETENTION_DAYS): BoundedNumber(
        1, RETENTION_DAYS_MOST, unit="d"
    ),
    vol.Required(CONF_UNSETTLED_LIMIT, default=UNSETTLED_LIMIT): BoundedNumber(
        UNSETTLED_LIMIT_LEAST, UNSETTLED_LIMIT_MOST
    ),
}

_SHARED = {
    vol.Required(CONF_SPREAD, default=0): BoundedNumber(0, SPREAD_MOST, unit="s")
}

_SEVERAL = {vol.Required(CONF_DEFAULT, default=False): BooleanSelector()}

READ_WHEN_NEEDED = frozenset(
    (CONF_PAUSED, *(str(option) for option in _OUTBOX | _SHARED | _SEVERAL))
)
"""Options that apply to a running connection without a reload."""


def options_schema(forms: BackendForms) -> vol.Schema:
    """Return the options form of a backend's connection: its options, then ours."""
    own = forms.options or vol.Schema({})
    return own.extend(_OUTBOX | (_SHARED if forms.backend.shared else {}) | _SEVERAL)


def retention(options: Mapping[str, Any]) -> timedelta:
    """Return how long settled deliveries are kept."""
    return timedelta(days=options.get(CONF_RETENTION_DAYS, RETENTION_DAYS))


def unsettled_limit(options: Mapping[str, Any]) -> int:
    """Return the queue limit of a connection."""
    return int(options.get(CONF_UNSETTLED_LIMIT, UNSETTLED_LIMIT))


def paused(options: Mapping[str, Any]) -> bool:
    """Return whether the connection's switch is off; it is not in the form."""
    return bool(options.get(CONF_PAUSED))


def paused_since(options: Mapping[str, Any]) -> datetime | None:
    """Return when the connection's switch was turned off; None if unknown."""
    since = options.get(CONF_PAUSED)
    return dt_util.parse_datetime(since) if isinstance(since, str) else None


def spread(options: Mapping[str, Any]) -> timedelta:
    """Return the longest random delay for scheduled deliveries."""
    return timedelta(seconds=options.get(CONF_SPREAD, 0))
