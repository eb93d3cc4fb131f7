"""An aipix whose account, device and reactions contain "canary"."""

from functools import partial

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME

from tests.canaries import Case
from tests.home_aipix import connect_aipix
from tools.simulators.aipix import AipixSimulator
from tools.simulators.wire import Json

USERNAME = "canary-username"
PASSWORD = "canary-password"
DEVICE = "canary-device"
EXTRA = {"chat_id": "canary-chat", "bot_token": "canary-token"}
ECHO: Json = {
    "message": "canary-token",
    "errors": {"extra.bot_token": ["canary-token is wrong, and so is canary-chat"]},
}
"""How aipix may refuse a field, which it repeats."""

CASE = Case(
    run=partial(AipixSimulator, user=USERNAME, password=PASSWORD),
    connect=partial(
        connect_aipix,
        **{CONF_USERNAME: USERNAME, CONF_PASSWORD: PASSWORD, "device_id": DEVICE},  # type: ignore[arg-type]
    ),
    action="create_script",
    data={"event_id": 41, "title": "At night", "extra": EXTRA},
    path="*/scripts",
    login_path="*/token",
    login_echo={"errors": {"login": [f"{USERNAME} with {PASSWORD} at {DEVICE}"]}},
    refused={
        f"status {status}": (status, ECHO)
        for status in (400, 402, 403, 404, 409, 419, 422, 429, 500, 503)
    },
    sent=tuple(EXTRA.values()),
)
