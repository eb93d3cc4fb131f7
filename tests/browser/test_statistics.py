"""Tests of Home Assistant's statistics card with the sensors of a connection."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
import re

from homeassistant.util.yaml import parse_yaml
from playwright.async_api import Page, expect
import pytest

from tests.checks.files import ROOT
from tools.simulators.wire import Json

from .album import Album
from .home import BrowserHome

pytestmark = pytest.mark.asyncio(loop_scope="package")

ATTIC = "the-attic"
DAYS = 14
_PER_DAY = {
    "total_delivered": (38, 52, 41, 47, 60, 71, 66, 40, 44, 39, 51, 58, 73, 42),
    "total_failed": (0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0),
    "expired_deliveries": (0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0),
}


def documented() -> Json:
    """Return the first card of the page on statistics, for the home's connection."""
    page = (ROOT / "docs/statistics.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    return parse_yaml(found[1].replace("sensor.frigate_", "sensor.weather_station_"))


def hours(per_day: tuple[int, ...], until: datetime) -> Iterator[Json]:
    """Yield hourly statistics, one hour per day."""
    for ago, total in enumerate(reversed([*accumulate(per_day)])):
        start = (until - timedelta(days=ago)).isoformat()
        yield {"start": start, "state": total, "sum": total}


async def test_card_shows_deliveries_per_day(
    page: Page, home: BrowserHome, album: Album
) -> None:
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for name, per_day in _PER_DAY.items():
        entity = f"sensor.weather_station_{name}"
        await home.socket.command(
            "recorder/import_statistics",
            metadata={
                "has_sum": True,
                "mean_type": 0,
                "name": None,
                "source": "recorder",
                "statistic_id": entity,
                "unit_class": None,
                "unit_of_measurement": "deliveries",
            },
            stats=[*hours(per_day, until - timedelta(hours=1))],
        )
    await home.socket.command(
        "lovelace/dashboards/create", url_path=ATTIC, title="Attic", mode="storage"
    )
    view: Json = {"title": "Attic", "type": "panel", "cards": [documented()]}
    await home.socket.command(
        "lovelace/config/save", url_path=ATTIC, config={"views": [view]}
    )
    await page.set_viewport_size({"width": 860, "height": 600})
    await page.goto(f"{home.url}/{ATTIC}")
    card = page.locator("hui-statistics-graph-card")
    await expect(card.locator("canvas").first).to_be_visible()
    for name in ("Delivered", "Failed", "Expired"):
        await expect(card.get_by_text(name, exact=True)).to_be_visible()
    await album.keep("statistics", page, card)
