"""The repair issue of a connection with failed deliveries."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..coordinator import RelayConfigEntry

FAILED_ISSUE = "failed_deliveries_"


def failed_issue(entry: RelayConfigEntry) -> str:
    """Return the id of the repair issue."""
    return f"{FAILED_ISSUE}{entry.entry_id}"


@callback
def async_follow_failed(hass: HomeAssistant, entry: RelayConfigEntry) -> CALLBACK_TYPE:
    """Keep the issue in sync with the counts; return a callback that deletes it."""
    counts = entry.runtime_data.counts

    @callback
    def counted() -> None:
        """Create the issue while there are failed deliveries, else delete it."""
        if not counts.data.failed:
            ir.async_delete_issue(hass, DOMAIN, failed_issue(entry))
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            failed_issue(entry),
            data={"entry_id": entry.entry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="failed_deliveries",
            translation_placeholders={
                "connection": entry.title,
                "number": str(counts.data.failed),
            },
        )

    def stop() -> None:
        stop_listening()
        ir.async_delete_issue(hass, DOMAIN, failed_issue(entry))

    counted()
    stop_listening = counts.async_add_listener(counted)
    return stop
