"""Detects that a mirror's connection no longer leads to the system it used."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ...backends.base import Instance
from ...backends.markdown import in_markdown
from ...const import DOMAIN
from ...queue.store.rule_state import Note, Notes

MOVED_ISSUE = "mirror_moved_"
_SYSTEM = "system"


def remembered_system(notes: Mapping[str, Note]) -> Instance | None:
    """Return the system that a mirror used last, if known."""
    match note.value if (note := notes.get(_SYSTEM)) else None:
        case {"id": str(found), "address": str(address)}:
            return Instance(id=found, address=address)
    return None


def note_of_system(system: Instance | None) -> Notes:
    """Return the note that stores a system."""
    if system is None:
        return {}
    return {_SYSTEM: Note(value={"id": system.id, "address": system.address})}


@callback
def async_report_left_behind(
    hass: HomeAssistant,
    *,
    entry_id: str,
    mirror_id: str,
    title: str,
    address: str,
) -> None:
    """Report, until it has been seen, what stays in a former system."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MOVED_ISSUE}{mirror_id}",
        # Every user may list repairs: show the address only in the repair flow.
        data={"entry_id": entry_id, "address": in_markdown(address)},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="mirror_moved",
        translation_placeholders={"mirror": title},
    )
