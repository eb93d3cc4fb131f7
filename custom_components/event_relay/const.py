"""Constants of Event Relay."""

from typing import Final

DOMAIN: Final = "event_relay"

CONF_BACKEND: Final = "backend"
CONF_CAPABILITIES: Final = "capabilities"
CONF_DEFAULT: Final = "default"
CONF_PAUSED: Final = "paused"
"""When the user paused the connection, as text; false while it is not paused."""
CONF_RETENTION_DAYS: Final = "retention_days"
CONF_SPREAD: Final = "spread"
CONF_UNSETTLED_LIMIT: Final = "unsettled_limit"

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_CONFIRM: Final = "confirm"
ATTR_DELIVERY_ID: Final = "delivery_id"
ATTR_LIMIT: Final = "limit"
ATTR_SINCE: Final = "since"
ATTR_STATE: Final = "state"
ATTR_WAIT: Final = "wait"

OWN_ACTIONS: Final = frozenset(
    {"discard_delivery", "list_deliveries", "mark_delivered", "retry_delivery"}
)
"""Actions of Event Relay itself, reserved from backends."""
