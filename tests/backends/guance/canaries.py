"""A Guance workspace whose key and events contain "canary"."""

from functools import partial

from tests.canaries import Case
from tests.home_guance import connect
from tools.simulators.guance import GuanceSimulator
from tools.simulators.wire import Json

KEY = "canary-key-id"
PERSONAL = ("canary-title", "canary-message", "canary-origin", "canary-tag")
ECHO: Json = {
    "code": 400,
    "content": {"title": "canary-title"},
    "errorCode": "ft.Other",
    "message": f"not {', '.join(PERSONAL)}, {KEY}",
    "success": False,
}
"""How the service may refuse an event, if it repeats what it was sent."""

CASE = Case(
    run=partial(GuanceSimulator, api_key=KEY, ingest_lag=0),
    connect=connect,
    action="create_custom_event",
    data={
        "status": "error",
        "title": "canary-title",
        "message": "canary-message",
        "origin": "canary-origin",
        "tags": {"who": "canary-tag"},
    },
    path="*/events/create",
    refused={
        "refused": (400, ECHO),
        "refused in a 200": (200, ECHO),
        "limited": (401, ECHO),
        "not permitted": (403, ECHO),
        "broken": (500, ECHO),
        "unavailable": (503, ECHO),
    },
    sent=PERSONAL,
    listed="canary-title",
)
