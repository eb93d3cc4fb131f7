"""A mirror whose connection leads to another system than what it has made."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ...backends.base import Instance
from ...backends.words import in_markdown
from ...const import DOMAIN
from ...queue.store.rule_state import Note, Notes

MOVED_ISSUE = "mirror_moved_"
_SYSTEM = "system"


def remembered_system(notes: Mapping[str, Note]) -> Instance | None:
    """Return the system in which a mirror worked last, if that is known."""
    match note.value if (note := notes.get(_SYSTEM)) else None:
        case {"id": str(found), "address": str(address)}:
            return Instance(id=found, address=address)
    return None


def note_of_system(system: Instance | None) -> Notes:
    """Return the note that remembers a system."""
    if system is None:
        return {}
    return {_SYSTEM: Note(value={"id": system.id, "address": system.address})}


@callback
def async_tell_moved(
    hass: HomeAssistant,
    *,
    entry_id: str,
    mirror_id: str,
    title: str,
    address: str,
) -> None:
    """Tell, until somebody has seen it, of what stays in a former system."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MOVED_ISSUE}{mirror_id}",
        # Every user may list repairs: the address only those who open it.
        data={"entry_id": entry_id, "address": in_markdown(address)},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="mirror_moved",
        translation_placeholders={"mirror": title},
    )
