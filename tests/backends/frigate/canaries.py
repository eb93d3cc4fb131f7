"""A Frigate whose login and events contain "canary"."""

from functools import partial

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME

from tests.canaries import Case
from tests.home import connect
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.wire import Json

USERNAME = "canary-username"
PASSWORD = "canary-password"
PERSONAL = {
    "label": "canary-label",
    "sub_label": "canary-sub-label",
    "description": "canary-description",
}
ECHO: Json = {"detail": [{"loc": ["body"], "msg": "wrong", "input": {**PERSONAL}}]}
"""How Frigate refuses a field, which it repeats."""
WORDS: Json = {
    "success": False,
    "message": (
        f"{USERNAME} ({PASSWORD}) may not say {PERSONAL['label']}"
        f" {PERSONAL['sub_label'].upper()} {PERSONAL['description']}"
    ),
}
"""How it may refuse a user, with everything that it was sent."""

CASE = Case(
    run=partial(FrigateSimulator, user=USERNAME, password=PASSWORD, async_delay=0),
    connect=partial(connect, **{CONF_USERNAME: USERNAME, CONF_PASSWORD: PASSWORD}),  # type: ignore[arg-type]
    action="create_camera_event",
    data={"camera": "front_door", **PERSONAL},
    path="/api/events/*/*/create",
    refused={
        "refused": (422, ECHO),
        "limited": (429, ECHO),
        "broken": (500, ECHO),
        "not permitted": (403, None),
        "not permitted, with words": (403, WORDS),
        "refused with words": (400, WORDS),
        "limited with words": (429, WORDS),
    },
    sent=tuple(PERSONAL.values()),
    listed=PERSONAL["label"],
    answered=True,
)
