"""A Palabra whose credentials and events contain "canary"."""

from functools import partial

from tests.canaries import Case
from tests.home_palabra import connect
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.wire import Json

PERSONAL = {
    "title": "canary-title",
    "description": "canary-description",
    "location": "canary-location",
    "access_code": "canary-access-code",
}


def _echo(status: int) -> tuple[int, Json]:
    """Return a refusal that repeats everything it was sent."""
    told = ", ".join(PERSONAL.values())
    return status, {
        "ok": False,
        "errors": [{"status": status, "detail": f"not {told}"}],
    }


def _case(*, older: bool) -> Case:
    """Return the case with a key, or with the older pair of credentials."""
    return Case(
        run=partial(
            PalabraSimulator,
            api_key="canary-api-key",
            client_id="canary-client-id",
            client_secret="canary-client-secret",
        ),
        connect=partial(connect, older=older),
        action="create_live_event",
        data={
            "event_type": "online",
            "start": "2099-05-01T18:00:00+00:00",
            "end": "2099-05-01T20:00:00+00:00",
            **PERSONAL,
        },
        path="*",
        refused={
            "refused": _echo(422),
            "refused by a success": (200, _echo(422)[1]),
            "not accepted": _echo(401),
            "limited": _echo(429),
            "broken": _echo(500),
            "not permitted": _echo(403),
            "no credits": _echo(402),
        },
        sent=tuple(PERSONAL.values()),
        listed=PERSONAL["title"],
    )


CASE = _case(older=False)
PAIR_CASE = _case(older=True)
