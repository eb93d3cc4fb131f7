"""Watches whether the entities that a rule names exist."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)


class References:
    """Watches the entities that a rule names."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        report: Callable[[str], None],
        added: Callable[[str], Awaitable[None]],
    ) -> None:
        """Initialize with callbacks.

        `report` receives the missing entities, or an empty text. `added` is awaited
        with the id of a missing entity that was added, before its report is withdrawn.
        """
        self._hass = hass
        self._report = report
        self._on_added = added
        self._reports = False
        self._entities: set[str] = set()
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def watch(self, entities: set[str], *, reports: bool = True) -> None:
        """Report the missing entities now and whenever they change.

        With `reports` off only `added` is called: while Home Assistant starts, many
        entities are not added yet.
        """
        self.unwatch()
        self._entities = entities
        self._reports = reports
        if not entities:
            return
        self._stops.append(
            async_track_entity_registry_updated_event(
                self._hass, entities, self._registry_changed
            )
        )
        self._look()

    @callback
    def unwatch(self) -> None:
        """Stop watching."""
        for stop in self._stops:
            with suppress(ValueError):
                stop()
        self._stops.clear()

    @callback
    def _look(self) -> None:
        """Report what is missing, or withdraw the report."""
        registry = er.async_get(self._hass)
        missing = {
            entity_id
            for entity_id in self._entities
            if self._hass.states.get(entity_id) is None
            and registry.async_get(entity_id) is None
        }
        if self._reports:
            self._report(", ".join(sorted(missing)))
        if not missing:
            return
        self._stops.append(
            async_track_state_change_event(self._hass, missing, self._async_added)
        )

    @callback
    def _registry_changed(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Look again after the state has been removed with its entity."""
        self._hass.loop.call_soon(self._look)

    async def _async_added(self, event: Event[EventStateChangedData]) -> None:
        """Call back for a missing entity that was added, and look again."""
        if event.data["old_state"] is not None or event.data["new_state"] is None:
            return
        entities = self._entities
        await self._on_added(event.data["entity_id"])
        if self._stops and self._entities is entities:
            self.watch(entities, reports=self._reports)
