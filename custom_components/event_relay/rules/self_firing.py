"""Traces events back to the rules that led to them, so that no rule fires itself.

Home Assistant gives each event a context, and its consequences one with that as the
parent. Whatever follows from a rule's firing, also through other rules, automations
and scripts, therefore has that firing among its ancestors.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .issues import RuleIssues
from .own_changes import own_entity

_STARTED = ("automation_triggered", "script_started")
"""Events of Home Assistant, whose modules are loaded only where they are used."""
MOST_CONTEXTS = 5_000
"""Most contexts remembered; the oldest are dropped."""
IN_A_ROW = 5
"""Firings by our own sensors, each soon after the last, that count as chance."""
SOON = timedelta(minutes=1)


class Lineage:
    """Remembers which rules led to which contexts, in this run."""

    def __init__(self) -> None:
        """Initialize without contexts."""
        self._rules: OrderedDict[str, frozenset[str]] = OrderedDict()

    def of(self, context: Context | None) -> frozenset[str]:
        """Return the rules that led to a context."""
        if context is None:
            return frozenset()
        return self._rules.get(context.id) or self._rules.get(
            context.parent_id or "", frozenset()
        )

    @callback
    def fires(self, rule_id: str, context: Context) -> None:
        """Record the context in which a rule fires."""
        self._remember(context, self.of(context) | {rule_id})

    @callback
    def follows(self, event: Event) -> None:
        """Record an automation or script that a rule's firing has started."""
        if led_to_it := self.of(event.context):
            self._remember(event.context, led_to_it)

    def _remember(self, context: Context, rules: frozenset[str]) -> None:
        """Keep the rules of a context; drop the oldest one."""
        self._rules[context.id] = rules
        if len(self._rules) > MOST_CONTEXTS:
            self._rules.popitem(last=False)


_LINEAGE: HassKey[Lineage] = HassKey("event_relay_lineage")


@callback
def async_lineage(hass: HomeAssistant) -> Lineage:
    """Return the shared lineage; the first call creates it."""
    if (lineage := hass.data.get(_LINEAGE)) is None:
        lineage = hass.data[_LINEAGE] = Lineage()
        for event_type in _STARTED:
            hass.bus.async_listen(event_type, lineage.follows)
    return lineage


class SelfFiring:
    """Detects a rule that fires itself, and reports it."""

    def __init__(
        self, hass: HomeAssistant, rule_id: str, connection: str, issues: RuleIssues
    ) -> None:
        """Initialize with the rule's subentry id and its connection's entry id."""
        self._hass = hass
        self._rule_id = rule_id
        self._connection = connection
        self._issues = issues
        self._lineage = async_lineage(hass)
        self._in_a_row = 0
        self._last: datetime | None = None

    @callback
    def stops(
        self, context: Context | None, entity_id: str | None, now: datetime
    ) -> bool:
        """Return whether the rule would fire because it fired; then report it."""
        if fires_itself := self._fires_itself(context, entity_id, now):
            self._issues.fires_itself()
        return fires_itself

    def _fires_itself(
        self, context: Context | None, entity_id: str | None, now: datetime
    ) -> bool:
        """Return whether the rule would fire because it fired, and record the firing.

        The sensors of its connection change with each delivery, without a context.
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
        """Return whether an entity is a sensor of the rule's own connection."""
        entry = own_entity(self._hass, entity_id)
        return (
            entry is not None
            and entry.domain == "sensor"
            and entry.config_entry_id == self._connection
        )

    @callback
    def fires(self, context: Context) -> None:
        """Record that the rule fires in a context."""
        self._lineage.fires(self._rule_id, context)
