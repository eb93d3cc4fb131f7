"""Tests of finding the card on the dashboards."""

from typing import Any

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.event_relay.card.address import (
    CARD,
    async_card_path,
    delivery_address,
)

OURS = {"type": CARD}
OTHER = {"type": "markdown", "content": "nothing"}


async def card_path(hass: HomeAssistant, config: dict[str, Any]) -> str | None:
    """Return the path of the card on the default dashboard."""
    assert await async_setup_component(hass, "lovelace", {})
    (dashboard,) = hass.data[LOVELACE_DATA].dashboards.values()
    await dashboard.async_save(config)
    return await async_card_path(hass, "barn")


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ({"cards": [OTHER, OURS]}, "/lovelace/1"),
        ({"path": "the porch", "cards": [OURS]}, "/lovelace/the%20porch"),
        ({"sections": [{"cards": []}, {"cards": [OTHER, OURS]}]}, "/lovelace/1"),
        ({"cards": [{"type": "conditional", "card": OURS}]}, "/lovelace/1"),
        ({"cards": [{"cards": [{"cards": [OURS]}]}]}, "/lovelace/1"),
        ({"cards": [OURS | {"connection": "barn"}]}, "/lovelace/1"),
        ({"cards": [OURS | {"connection": "elsewhere"}]}, None),
        ({"cards": [OTHER]}, None),
    ],
)
async def test_card_is_found_in_any_view(
    hass: HomeAssistant, view: dict[str, Any], expected: str | None
) -> None:
    assert await card_path(hass, {"views": [{"cards": [OTHER]}, view]}) == expected


@pytest.mark.parametrize(
    "config",
    [
        {"strategy": {"type": "original-states"}},
        {"views": None},
        {"views": [None, {"cards": "none", "sections": [None, 7], "badges": ["sun"]}]},
        {},
    ],
)
async def test_card_is_not_found_on_a_dashboard_without_cards(
    hass: HomeAssistant, config: dict[str, Any]
) -> None:
    assert await card_path(hass, config) is None


async def test_card_is_not_found_without_dashboards(hass: HomeAssistant) -> None:
    assert await async_card_path(hass, "barn") is None


async def test_address_contains_the_delivery() -> None:
    address = delivery_address("/lovelace/0", "0f9a-4d5e")
    assert address == "/lovelace/0?event_relay_delivery=0f9a-4d5e"
