"""Tests of the metrics of a connection in Home Assistant's Prometheus export."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
import re

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import prometheus_client
from prometheus_client.parser import text_string_to_metric_families
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.counts import SETTLING
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, coordinator

pytestmark = pytest.mark.usefixtures("socket_enabled", "all_enabled")

DOORBELL = {"camera": "front_door", "label": "doorbell"}
PAGE = Path(__file__).parents[1] / "docs" / "fleet.md"

TITLE = "Guance"
"""Of the connection: the page speaks of such ones. All have the same entities."""
DELIVERIES = "homeassistant_sensor_state"
TIMESTAMP = "homeassistant_sensor_timestamp_seconds"
CONNECTIVITY = "homeassistant_binary_sensor_state"
OUTCOMES = "homeassistant_state_change_total"

type Samples = Mapping[tuple[str, str], float]
"""What is exported, by the name of the metric and the entity."""


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator."""
    async with FrigateSimulator(async_delay=0) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use metrics of this test only."""
    monkeypatch.setattr(
        prometheus_client, "REGISTRY", prometheus_client.CollectorRegistry()
    )


async def scrape(hass: HomeAssistant, client: ClientSessionGenerator) -> Samples:
    """Let the changes settle, and read the export as Prometheus does."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SETTLING + 1))
    await hass.async_block_till_done()
    response = await (await client()).get("/api/prometheus")
    return {
        (sample.name, sample.labels["entity"]): sample.value
        for family in text_string_to_metric_families(await response.text())
        for sample in family.samples
        if "entity" in sample.labels
    }


async def exported(hass: HomeAssistant, frigate: FrigateSimulator) -> None:
    """Set up the export and a connection with a delivery."""
    assert await async_setup_component(hass, "prometheus", {"prometheus": {}})
    entry = await connect(hass, frigate, TITLE)
    await coordinator(entry).async_refresh()
    await act(hass, "create_camera_event", **DOORBELL)


async def test_metrics_of_a_connection_are_exported(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    await exported(hass, frigate)
    samples = await scrape(hass, hass_client)

    assert samples[DELIVERIES, "sensor.guance_pending_deliveries"] == 0
    assert samples[DELIVERIES, "sensor.guance_failed_deliveries"] == 0
    assert samples[CONNECTIVITY, "binary_sensor.guance"] == 1
    last = samples[TIMESTAMP, "sensor.guance_last_delivery"]
    assert abs(dt_util.utcnow().timestamp() - last) < 60
    assert (TIMESTAMP, "sensor.guance_oldest_pending_delivery") not in samples
    assert samples[OUTCOMES, "event.guance_outcome"] >= 1


async def test_outage_is_exported(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    await exported(hass, frigate)
    await frigate.stop()
    for _ in range(3):
        await act(hass, "create_camera_event", **DOORBELL)
    samples = await scrape(hass, hass_client)

    assert samples[DELIVERIES, "sensor.guance_pending_deliveries"] == 3
    assert samples[CONNECTIVITY, "binary_sensor.guance"] == 0
    oldest = samples[TIMESTAMP, "sensor.guance_oldest_pending_delivery"]
    assert abs(dt_util.utcnow().timestamp() - oldest) < 60


async def test_page_names_all_metrics(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> None:
    await exported(hass, frigate)
    await frigate.stop()
    await act(hass, "create_camera_event", **DOORBELL)
    samples = await scrape(hass, hass_client)

    page = PAGE.read_text(encoding="utf-8")
    asked = re.findall(r"(homeassistant_\w+)\{([^}]*)\}", page)
    assert len(asked) > 4
    for name, labels in asked:
        (entity,) = re.findall(r'entity="([^"]+)"', labels)
        assert (name, entity) in samples
    named = set(re.findall(r"homeassistant_\w+", page))
    assert named <= {metric for metric, _ in samples}
