"""What the form of a Guance workspace says."""

from typing import Unpack

from homeassistant.const import CONF_API_KEY, CONF_URL

from tests.config_flows import ConnectionForm, Place, Unusable, failing, running
from tests.other_systems import serve, serve_document
from tools.simulators.faults import FaultKind
from tools.simulators.guance import GuanceOptions, GuanceSimulator
from tools.simulators.wire import Json

KEY = "simulated-key-id"
SECRET = "simulated-key-secret"


def workspace(**options: Unpack[GuanceOptions]) -> Place:
    """Run a workspace."""
    return running(GuanceSimulator, **options)


def answering(status: int, error: str = "", **changes: Json) -> Place:
    """Run a service that answers the same to everything, in its envelope."""
    body: dict[str, Json] = {
        "code": status,
        "content": None,
        "errorCode": error,
        "message": "",
        "success": not error,
        "traceId": "1",
        **changes,
    }
    return failing(GuanceSimulator, FaultKind.STATUS, status, body=body)


FORM = ConnectionForm(
    backend="guance",
    run=GuanceSimulator,
    fields={CONF_API_KEY: KEY},
    unusable={
        "other system without that path": Unusable(
            "other_system", lambda: serve(serve_document({}, status=404))
        ),
        "path that the service does not know": Unusable(
            "other_system", lambda: answering(400, "RouterNotFound")
        ),
        "refused": Unusable("invalid_response", lambda: answering(400, "ft.Other")),
        "error within a success": Unusable(
            "invalid_response", lambda: answering(200, "ft.Other", success=False)
        ),
        "no workspace": Unusable("invalid_response", lambda: answering(200)),
        "workspace without id": Unusable(
            "invalid_response", lambda: answering(200, content={"name": "Nameless"})
        ),
        "wrong key": Unusable("invalid_api_key", workspace, {CONF_API_KEY: "wrong"}),
        "secret in place of the Key ID": Unusable(
            "invalid_api_key", workspace, {CONF_API_KEY: SECRET}
        ),
        "wrong key as older pages spell it": Unusable(
            "invalid_api_key", lambda: answering(403, "InvalidApiKey")
        ),
        "no right": Unusable("permission_denied", lambda: answering(403, "ft.Other")),
        "limit of the key": Unusable("rate_limited", lambda: workspace(rate_limit=0)),
        "limit of the workspace": Unusable(
            "rate_limited", lambda: workspace(workspace_rate_limit=0)
        ),
        "401 that no limit explains": Unusable(
            "unavailable", lambda: answering(401, "ft.Other")
        ),
        "too many requests": Unusable(
            "rate_limited", lambda: failing(GuanceSimulator, FaultKind.STATUS, 429)
        ),
        "down": Unusable(
            "unavailable", lambda: failing(GuanceSimulator, FaultKind.STATUS, 502)
        ),
    },
    mistakes=[
        ({CONF_API_KEY: KEY, CONF_URL: "openapi guance"}, {CONF_URL: "address_host"}),
        (
            {CONF_API_KEY: KEY, CONF_URL: "ftp://openapi.guance.com"},
            {CONF_URL: "address_scheme"},
        ),
        (
            {CONF_API_KEY: KEY, CONF_URL: "https://me:x@guance.com"},
            {CONF_URL: "address_with_login"},
        ),
        ({CONF_API_KEY: KEY, CONF_URL: "https://?a=b"}, {CONF_URL: "invalid_address"}),
        (
            {CONF_API_KEY: KEY, CONF_URL: "http://openapi.guance.com"},
            {CONF_URL: "https_only"},
        ),
        (
            {CONF_API_KEY: KEY, CONF_URL: "http://127.0.0.1.example.org"},
            {CONF_URL: "https_only"},
        ),
        ({CONF_API_KEY: KEY, CONF_URL: "http://192.168.1.2"}, {CONF_URL: "https_only"}),
        ({CONF_API_KEY: ""}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "two words"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "line\nbreak"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "schlüssel"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "x" * 2001}, {CONF_API_KEY: "bad_credential"}),
    ],
)
