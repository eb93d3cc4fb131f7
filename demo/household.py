"""What a person sets up in the home of the demo, by what the interface offers."""

from simulators.frigate import FrigateSimulator

from .api import Api
from .websocket import WebSocket

BELL = "input_boolean.doorbell"
DOOR = "input_boolean.garden_door"
"""What stands for the door itself; its contact is a binary sensor."""


async def furnish(api: Api, socket: WebSocket, simulator: FrigateSimulator) -> None:
    """Keep the HTTP settings, connect to the simulator, add a bell and a door."""
    await socket.command("http/config/promote")
    # They come from YAML, which is fine here and advised against elsewhere.
    await socket.command(
        "repairs/ignore_issue", domain="http", issue_id="deprecated_yaml", ignore=True
    )
    await api.add_entry(
        "event_relay",
        [
            {"next_step_id": "frigate"},
            {
                "url": simulator.url,
                "username": simulator.settings.user,
                "password": simulator.settings.password,
                "verify_ssl": True,
            },
        ],
    )
    await socket.command("input_boolean/create", name="Doorbell", icon="mdi:doorbell")
    await socket.command("input_boolean/create", name="Garden door", icon="mdi:door")
    await api.add_entry(
        "template",
        [
            {"next_step_id": "binary_sensor"},
            {
                "name": "Garden door",
                "device_class": "door",
                "state": f"{{{{ is_state('{DOOR}', 'on') }}}}",
            },
        ],
    )


async def turn(socket: WebSocket, entity_id: str, *, on: bool) -> None:
    """Switch the bell or the door, as a hand would."""
    action = "turn_on" if on else "turn_off"
    await socket.act(f"input_boolean.{action}", entity_id=entity_id)
