"""Which rules took part in an event, so that none of them fires itself.

Home Assistant gives everything a context, and what it causes one with the former as
its parent. Whatever follows from the firing of a rule, also by way of other rules,
automations and scripts, so has that firing among its ancestors.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .own_changes import own_entity

_STARTED = ("automation_triggered", "script_started")
"""Events of Home Assistant, whose modules are loaded only where they are used."""
MOST_CONTEXTS = 5_000
"""Contexts remembered; older ones no more."""
IN_A_ROW = 5
"""Firings by sensors of ours, each soon after the former, that may be by chance."""
SOON = timedelta(minutes=1)


class Lineage:
    """Remembers which rules had a part in which contexts, in this run."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._rules: OrderedDict[str, frozenset[str]] = OrderedDict()

    def of(self, context: Context | None) -> frozenset[str]:
        """Return the rules that have led to what happens in a context."""
        if context is None:
            return frozenset()
        return self._rules.get(context.id) or self._rules.get(
            context.parent_id or "", frozenset()
        )

    @callback
    def fires(self, rule_id: str, context: Context) -> None:
        """Take note of a context in which a rule fires."""
        self._remember(context, self.of(context) | {rule_id})

    @callback
    def follows(self, event: Event) -> None:
        """Take note of an automation or script that something of a rule has started."""
        if led_to_it := self.of(event.context):
            self._remember(event.context, led_to_it)

    def _remember(self, context: Context, rules: frozenset[str]) -> None:
        """Keep the latest."""
        self._rules[context.id] = rules
        if len(self._rules) > MOST_CONTEXTS:
            self._rules.popitem(last=False)


_LINEAGE: HassKey[Lineage] = HassKey("event_relay_lineage")


@callback
def async_lineage(hass: HomeAssistant) -> Lineage:
    """Return what is remembered of the home, from the first call on."""
    if (lineage := hass.data.get(_LINEAGE)) is None:
        lineage = hass.data[_LINEAGE] = Lineage()
        for event_type in _STARTED:
            hass.bus.async_listen(event_type, lineage.follows)
    return lineage


class SelfFiring:
    """Tells whether a rule fires itself."""

    def __init__(self, hass: HomeAssistant, rule_id: str, connection: str) -> None:
        """Take the subentry id of the rule, and the entry id of its connection."""
        self._hass = hass
        self._rule_id = rule_id
        self._connection = connection
        self._lineage = async_lineage(hass)
        self._in_a_row = 0
        self._last: datetime | None = None

    def fires_itself(
        self, context: Context | None, entity_id: str | None, now: datetime
    ) -> bool:
        """Say whether a rule would fire because it fired, and take note of that.

        The sensors of its connection change with each delivery, in no context.
        """
        if self._rule_id in self._lineage.of(context):
            return True
        if not self._is_sensor_of_connection(entity_id):
            return False
        soon = self._last is not None and now - self._last < SOON
        self._in_a_row = self._in_a_row + 1 if soon else 0
        self._last = now
        return self._in_a_row > IN_A_ROW

    def _is_sensor_of_connection(self, entity_id: str | None) -> bool:
        """Say whether an entity is a sensor of the rule's own connection."""
        entry = own_entity(self._hass, entity_id)
        return (
            entry is not None
            and entry.domain == "sensor"
            and entry.config_entry_id == self._connection
        )

    @callback
    def fires(self, context: Context) -> None:
        """Take note that the rule fires in a context."""
        self._lineage.fires(self._rule_id, context)
