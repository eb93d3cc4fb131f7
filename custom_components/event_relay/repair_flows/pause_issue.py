"""The repair issue of a connection that somebody paused and may have forgotten."""

from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import RelayConfigEntry
from ..home_language import moment_in_words
from ..options import paused, paused_since

PAUSE_ISSUE = "pause_forgotten_"
FORGOTTEN_AFTER = timedelta(days=1)
"""Time paused after which deliveries that wait are reported."""


def pause_issue(entry: RelayConfigEntry) -> str:
    """Return the id of the repair issue."""
    return f"{PAUSE_ISSUE}{entry.entry_id}"


@callback
def async_follow_pause(hass: HomeAssistant, entry: RelayConfigEntry) -> CALLBACK_TYPE:
    """Report a long pause while deliveries wait; return a callback to stop.

    The options tell since when, so that a restart does not start the time again.
    """
    counts = entry.runtime_data.counts
    loaded_at = dt_util.utcnow()
    cancel_timer: CALLBACK_TYPE | None = None

    @callback
    def look(_: datetime | None = None) -> None:
        """Create, update or delete the issue, and look again when it may be due."""
        nonlocal cancel_timer
        if cancel_timer is not None:
            cancel_timer()
            cancel_timer = None
        waiting = counts.data.waiting
        if not paused(entry.options) or not waiting:
            ir.async_delete_issue(hass, DOMAIN, pause_issue(entry))
            return
        since = paused_since(entry.options) or loaded_at
        left = since + FORGOTTEN_AFTER - dt_util.utcnow()
        if left > timedelta(0):
            job = HassJob(look, cancel_on_shutdown=True)
            cancel_timer = async_call_later(hass, left, job)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            pause_issue(entry),
            data={"entry_id": entry.entry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="pause_forgotten",
            translation_placeholders={
                "connection": entry.title,
                "since": moment_in_words(hass, since),
                "number": str(waiting),
            },
        )

    async def updated(_: HomeAssistant, __: RelayConfigEntry) -> None:
        look()

    stops = [counts.async_add_listener(look), entry.add_update_listener(updated)]

    @callback
    def stop() -> None:
        for one in stops:
            one()
        if cancel_timer is not None:
            cancel_timer()
        ir.async_delete_issue(hass, DOMAIN, pause_issue(entry))

    look()
    return stop
