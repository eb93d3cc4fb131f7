"""Finds the card on the dashboards, and the URLs of deliveries in it."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

CARD = "custom:event-relay-card"
PARAMETER = "event_relay_delivery"
"""URL parameter that the card reads: the delivery to show."""
RULE_PARAMETER = "event_relay_rule"
"""URL parameter that the card reads: the rule or mirror to filter by."""
_DEFAULT = "lovelace"
_NESTED = ("sections", "cards", "card", "elements", "badges")
_DEEPEST = 12
"""Most levels of nested cards that are searched."""


async def async_card_path(hass: HomeAssistant, connection: str) -> str | None:
    """Return the path of a view with a card that shows a connection's deliveries.

    None if no such card is found: dashboards of a strategy contain no cards.
    """
    if (lovelace := hass.data.get(LOVELACE_DATA)) is None:
        return None
    for name, dashboard in [*lovelace.dashboards.items()]:
        try:
            config = await dashboard.async_load(force=False)
        except OSError, HomeAssistantError:
            continue
        for number, view in enumerate(_list(config, "views")):
            if any(_shows(card, connection) for card in _cards(view)):
                path = _text(view, "path") or str(number)
                return f"/{quote(name or _DEFAULT)}/{quote(path)}"
    return None


def delivery_address(card_path: str, delivery_id: str) -> str:
    """Return the URL, within Home Assistant, of a delivery in the card."""
    return f"{card_path}?{urlencode({PARAMETER: delivery_id})}"


def rule_address(card_path: str, subentry_id: str) -> str:
    """Return the URL, within Home Assistant, of a rule's deliveries in the card."""
    return f"{card_path}?{urlencode({RULE_PARAMETER: subentry_id})}"


def _shows(card: Mapping[str, Any], connection: str) -> bool:
    """Return whether a card is ours and shows a connection's deliveries."""
    return card.get("type") == CARD and card.get("connection", connection) == connection


def _cards(part: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield a part of a dashboard and all nested parts; input may be malformed."""
    if not isinstance(part, Mapping) or depth > _DEEPEST:
        return
    yield part
    for name in _NESTED:
        inner = part.get(name)
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _cards(one, depth + 1)


def _list(part: object, name: str) -> list[Any]:
    """Return a list from a part of a dashboard; empty without one."""
    inner = part.get(name) if isinstance(part, Mapping) else None
    return inner if isinstance(inner, list) else []


def _text(part: object, name: str) -> str | None:
    """Return text from a part of a dashboard; None without it."""
    inner = part.get(name) if isinstance(part, Mapping) else None
    return inner if isinstance(inner, str) else None
