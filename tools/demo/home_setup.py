"""Set up the home of the demo, as a person does in the interface."""

from .api import Api
from .websocket import WebSocket


async def settle(socket: WebSocket) -> None:
    """Confirm the HTTP settings.

    They come from YAML, which is fine here and advised against elsewhere.
    """
    await socket.command("http/config/promote")
    await socket.command(
        "repairs/ignore_issue", domain="http", issue_id="deprecated_yaml", ignore=True
    )


async def add_switch(socket: WebSocket, name: str, icon: str) -> None:
    """Add a switch that stands for a device in the house."""
    await socket.command("input_boolean/create", name=name, icon=icon)


async def add_sensor(api: Api, name: str, device_class: str, switch: str) -> None:
    """Add a binary sensor that follows a switch."""
    await api.add_entry(
        "template",
        [
            {"next_step_id": "binary_sensor"},
            {
                "name": name,
                "device_class": device_class,
                "state": f"{{{{ is_state('{switch}', 'on') }}}}",
            },
        ],
    )


async def turn(socket: WebSocket, entity_id: str, *, on: bool) -> None:
    """Turn a switch, as a hand would."""
    action = "turn_on" if on else "turn_off"
    await socket.act(f"input_boolean.{action}", entity_id=entity_id)
