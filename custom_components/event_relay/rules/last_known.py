"""Last known states of entities that became unavailable, unknown or were removed."""

from dataclasses import dataclass
from datetime import datetime

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.util.hass_dict import HassKey

_NOT_KNOWN = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class LastKnown:
    """The state that an entity had before a gap."""

    state: State
    until: datetime
    """When the gap began."""


class LastKnownStates:
    """Remembers the state of each entity before its last gap, in this run."""

    def __init__(self) -> None:
        """Initialize without states."""
        self._before: dict[str, LastKnown] = {}

    def before(self, entity_id: str) -> LastKnown | None:
        """Return the state of an entity before its last gap; None without a gap."""
        return self._before.get(entity_id)

    @callback
    def begins(self, data: EventStateChangedData) -> bool:
        """Return whether a state change begins a gap."""
        old = data["old_state"]
        return is_known(old) and not is_known(data["new_state"])

    @callback
    def remember(self, event: Event[EventStateChangedData]) -> None:
        """Keep the state of an entity when its gap begins."""
        if (state := event.data["old_state"]) is not None:
            self._before[state.entity_id] = LastKnown(
                state=state, until=event.time_fired
            )


GAPS: HassKey[LastKnownStates] = HassKey("event_relay_gaps")


def is_known(state: State | None) -> bool:
    """Return whether a state exists and is neither unavailable nor unknown."""
    return state is not None and state.state not in _NOT_KNOWN


@callback
def async_last_known_states(hass: HomeAssistant) -> LastKnownStates:
    """Return the shared store of last known states; the first call creates it."""
    if (gaps := hass.data.get(GAPS)) is None:
        gaps = hass.data[GAPS] = LastKnownStates()
        hass.bus.async_listen(
            EVENT_STATE_CHANGED, gaps.remember, event_filter=gaps.begins
        )
    return gaps
