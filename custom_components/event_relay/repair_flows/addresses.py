"""Addresses of Home Assistant's own pages that tell more of a delivery."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from homeassistant.components.trace.const import DATA_TRACE
from homeassistant.components.trace.util import async_list_contexts
from homeassistant.core import HomeAssistant

AROUND = timedelta(minutes=1)
"""Time before and after an outcome that Activity shows."""


def activity_address(entity_id: str, at: datetime) -> str:
    """Return the URL of Activity for an entity around a time."""
    shown = {
        "entity_id": entity_id,
        "start_date": (at - AROUND).isoformat(),
        "end_date": (at + AROUND).isoformat(),
        "back": 1,
    }
    return f"/logbook?{urlencode(shown)}"


async def async_trace_addresses(hass: HomeAssistant) -> Mapping[str, str]:
    """Return the URLs of the traces of automations and scripts, by context id.

    Home Assistant keeps the last few of each.
    """
    if DATA_TRACE not in hass.data:
        return {}
    contexts = await async_list_contexts(hass, None)
    return {context_id: _trace_address(run) for context_id, run in contexts.items()}


def _trace_address(run: Mapping[str, str]) -> str:
    """Return the URL of the trace of a run."""
    item = quote(run["item_id"], safe="")
    return (
        f"/config/{run['domain']}/trace/{item}?{urlencode({'run_id': run['run_id']})}"
    )
