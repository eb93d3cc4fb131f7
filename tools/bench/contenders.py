"""The contenders: Event Relay, an automation with `rest_command`, bare aiohttp.

All react to a state in the same home and send the same event to the same server. A
fourth shows the possible gain: a rule of ours that stores nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
from types import MappingProxyType
from typing import Any, Protocol

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import Context, HomeAssistant, callback

from custom_components.event_relay.backends.base import Shape
from custom_components.event_relay.coordinator import RelayConfigEntry
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState
from custom_components.event_relay.rules.attachment import Armed, arm
from custom_components.event_relay.rules.rule import read_rule

from .backend import AT_ONCE, OPERATION

ARMED = "input_boolean.armed"
RELAY_BELL = "binary_sensor.relay_bell"
REST_BELL = "binary_sensor.rest_bell"
UNSTORED_BELL = "binary_sensor.unstored_bell"
HTTP_BELL = "binary_sensor.http_bell"
FIELDS = {
    "number": "{{ trigger.to_state.attributes.number }}",
    "title": "{{ trigger.to_state.name }} at {{ states('sensor.place') }}",
}
_IF_ARMED = {"condition": "state", "entity_id": ARMED, "state": "on"}


def a_trigger(bell: str) -> dict[str, Any]:
    """Return a trigger that fires whenever a bell rings; each ring has a number."""
    return {"trigger": "state", "entity_id": bell, "attribute": "number"}


def a_rule(
    bell: str = RELAY_BELL,
    *,
    operation: str = OPERATION,
    fields: dict[str, Any] | None = None,
    rule_id: str = "01BENCHRULE000000000000000",
) -> ConfigSubentryDataWithId:
    """Return a rule with a condition and two templates."""
    return ConfigSubentryDataWithId(
        data={
            "triggers": [a_trigger(bell)],
            "conditions": [_IF_ARMED],
            "operation": operation,
            "fields": FIELDS if fields is None else fields,
        },
        subentry_id=rule_id,
        subentry_type="rule",
        title=f"Rule of {bell}",
        unique_id=None,
    )


def an_automation(address: str) -> dict[str, Any]:
    """Return the configuration of an equivalent automation without our code."""
    return {
        "rest_command": {
            "send_event": {
                "url": f"{address}/events",
                "method": "post",
                "content_type": "application/json",
                "payload": '{"number": {{ number }}, "title": {{ title | tojson }}}',
            }
        },
        "automation": [
            {
                # Without an id, which the editor gives to every automation, it would
                # keep no traces of its runs.
                "id": "ring",
                "alias": "Ring",
                "mode": "parallel",
                "max": 10_000,
                "triggers": [a_trigger(REST_BELL)],
                "conditions": [_IF_ARMED],
                "actions": [{"action": "rest_command.send_event", "data": FIELDS}],
            }
        ],
    }


@callback
def set_states(hass: HomeAssistant, *more_bells: str) -> None:
    """Set the states that conditions and templates read, and the bells."""
    hass.states.async_set(ARMED, "on")
    hass.states.async_set("sensor.place", "the front door")
    for bell in (RELAY_BELL, REST_BELL, UNSTORED_BELL, HTTP_BELL, *more_bells):
        hass.states.async_set(bell, "on", {"friendly_name": "Bell", "number": -1})


class Contender(Protocol):
    """A contender, which sends an event for each ring."""

    name: str

    def fire(self, number: int) -> None:
        """Trigger one event."""

    async def settle(self, number: int) -> None:
        """Wait until so many, counted from `begin`, have been sent."""

    def begin(self) -> None:
        """Reset the count."""


class Relay:
    """A rule of Event Relay; an event counts once it is committed as delivered."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: RelayConfigEntry,
        bell: str = RELAY_BELL,
        name: str = "event_relay",
    ) -> None:
        """Take the home and the connection with the rule."""
        self.name = name
        self._hass = hass
        self._bell = bell
        self._settled = 0
        self._lost: DeliveryState | None = None
        self._progress = asyncio.Event()
        entry.runtime_data.queue.listen(self._count_delivered)

    def begin(self) -> None:
        """Reset the count."""
        self._settled = 0

    def fire(self, number: int) -> None:
        """Ring the bell."""
        _ring(self._hass, self._bell, number)

    async def settle(self, number: int) -> None:
        """Wait until so many have been delivered.

        Raises RuntimeError if one of them has ended otherwise.
        """
        while self._settled < number:
            if self._lost is not None:
                raise RuntimeError(f"a delivery ended as {self._lost}")
            self._progress.clear()
            await self._progress.wait()

    def _count_delivered(self, delivery: Delivery) -> None:
        """Count a delivered event."""
        if delivery.state is DeliveryState.DELIVERED:
            self._settled += 1
        elif delivery.state.settled:
            self._lost = delivery.state
        self._progress.set()


class RestCommand:
    """An automation; an event counts once its run has ended."""

    name = "rest_command"

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the home with the automation."""
        self._hass = hass

    def begin(self) -> None:
        """Count nothing: `settle` waits for all."""

    def fire(self, number: int) -> None:
        """Ring the bell."""
        _ring(self._hass, REST_BELL, number)

    async def settle(self, number: int) -> None:
        """Wait until every run has ended."""
        del number
        await self._hass.async_block_till_done()


class WithoutStorage:
    """A rule's trigger, condition and templates, then aiohttp: nothing is stored.

    Any solution inside Home Assistant that stores something takes longer.
    """

    name = "nothing_kept"

    def __init__(
        self, hass: HomeAssistant, session: ClientSession, address: str
    ) -> None:
        """Take a home, a session and the server's address."""
        self._hass = hass
        self._session = session
        self._address = f"{address}/events"
        self._free = asyncio.Semaphore(AT_ONCE)
        self._sent = 0
        self._progress = asyncio.Event()
        self._armed: Armed | None = None

    @asynccontextmanager
    async def armed(self) -> AsyncIterator[None]:
        """Arm its rule meanwhile."""
        of = a_rule(UNSTORED_BELL)
        rule = read_rule(
            ConfigSubentry(
                data=MappingProxyType(dict(of["data"])),
                subentry_type=of["subentry_type"],
                title=of["title"],
                unique_id=None,
            )
        )
        armed = await arm(
            self._hass,
            rule,
            shape_of=lambda _: Shape.TEXT,
            triggered=self._async_triggered,
            ended=None,
        )
        self._armed = armed
        try:
            yield
        finally:
            armed.disarm()

    def begin(self) -> None:
        """Reset the count."""
        self._sent = 0

    def fire(self, number: int) -> None:
        """Ring the bell."""
        _ring(self._hass, UNSTORED_BELL, number)

    async def settle(self, number: int) -> None:
        """Wait until so many have a response."""
        while self._sent < number:
            self._progress.clear()
            await self._progress.wait()

    async def _async_triggered(
        self, variables: dict[str, Any], _: Context | None = None
    ) -> None:
        """Send the rendered templates, if the condition holds."""
        if self._armed is None or not self._armed.allows(variables):
            return
        fields = self._armed.fields.render(variables)
        async with self._free:
            await _post(self._session, self._address, fields)
        self._sent += 1
        self._progress.set()


class AiohttpClient:
    """A client of aiohttp that sends at once; nothing can be faster with aiohttp."""

    name = "aiohttp"

    def __init__(self, session: ClientSession, address: str) -> None:
        """Take a session and the server's address."""
        self._session = session
        self._address = f"{address}/events"
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._sent = 0
        self._progress = asyncio.Event()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run eight workers meanwhile."""
        tasks = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    def begin(self) -> None:
        """Reset the count."""
        self._sent = 0

    def fire(self, number: int) -> None:
        """Queue one event."""
        self._waiting.put_nowait(number)

    async def settle(self, number: int) -> None:
        """Wait until so many have a response."""
        while self._sent < number:
            self._progress.clear()
            await self._progress.wait()

    async def _work(self) -> None:
        """Send one event after the other."""
        while True:
            number = await self._waiting.get()
            event = {"number": number, "title": "Bell at the front door"}
            await _post(self._session, self._address, event)
            self._sent += 1
            self._progress.set()


async def _post(
    session: ClientSession, address: str, event: Mapping[str, object]
) -> None:
    """Send an event and read the response."""
    async with session.post(
        address,
        data=json.dumps(event).encode(),
        headers={"Content-Type": "application/json"},
    ) as response:
        await response.read()


@callback
def _ring(hass: HomeAssistant, bell: str, number: int) -> None:
    """Give a bell a new number."""
    hass.states.async_set(bell, "on", {"friendly_name": "Bell", "number": number})
