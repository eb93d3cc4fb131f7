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
    """Remembers for each entity what it was before its last gap, in this run."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._before: dict[str, LastKnown] = {}

    def before(self, entity_id: str) -> LastKnown | None:
        """Return what an entity was before its last gap; None if there was none."""
        return self._before.get(entity_id)

    @callback
    def begins(self, data: EventStateChangedData) -> bool:
        """Say whether a change of state begins a gap."""
        old = data["old_state"]
        return is_known(old) and not is_known(data["new_state"])

    @callback
    def remember(self, event: Event[EventStateChangedData]) -> None:
        """Keep what an entity was when its gap begins."""
        if (state := event.data["old_state"]) is not None:
            self._before[state.entity_id] = LastKnown(
                state=state, until=event.time_fired
            )


GAPS: HassKey[LastKnownStates] = HassKey("event_relay_gaps")


def is_known(state: State | None) -> bool:
    """Say whether an entity is there, and says something."""
    return state is not None and state.state not in _NOT_KNOWN


@callback
def async_last_known_states(hass: HomeAssistant) -> LastKnownStates:
    """Return what is remembered of the home, from the first call on."""
    if (gaps := hass.data.get(GAPS)) is None:
        gaps = hass.data[GAPS] = LastKnownStates()
        hass.bus.async_listen(
            EVENT_STATE_CHANGED, gaps.remember, event_filter=gaps.begins
        )
    return gaps
