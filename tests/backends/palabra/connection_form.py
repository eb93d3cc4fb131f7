"""What the form of a Palabra says."""

from homeassistant.const import (
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)

from tests.config_flows import ConnectionForm, Place, Unusable, failing, running
from tests.other_systems import serve, serve_document
from tools.simulators.faults import FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.wire import Json

KEY = {CONF_API_KEY: "plbr_simulated"}
PAIR = {CONF_CLIENT_ID: "simulated-client", CONF_CLIENT_SECRET: "simulated-secret"}
NO_CREDITS: Json = {
    "ok": False,
    "errors": [{"status": 403, "detail": "No credits", "error_code": 100050}],
}


def palabra() -> Place:
    """Run a Palabra."""
    return running(PalabraSimulator)


def refusing(status: int, body: Json = None) -> Place:
    """Run a Palabra that refuses every request."""
    return failing(PalabraSimulator, FaultKind.STATUS, status, body=body)


FORM = ConnectionForm(
    backend="palabra",
    run=PalabraSimulator,
    fields=KEY,
    unusable={
        "other system": Unusable(
            "other_system", lambda: serve(serve_document({}, status=404))
        ),
        "other answer": Unusable(
            "invalid_response", lambda: serve(serve_document({"a": 1}))
        ),
        "wrong key": Unusable(
            "credentials_refused", palabra, {CONF_API_KEY: "plbr_wrong"}
        ),
        "wrong pair": Unusable(
            "client_pair_refused",
            palabra,
            PAIR | {CONF_API_KEY: "", CONF_CLIENT_SECRET: "wrong"},
        ),
        "forbidden": Unusable(
            "credentials_refused", lambda: refusing(403, {"ok": False, "errors": []})
        ),
        "no credits": Unusable("balance_empty", lambda: refusing(403, NO_CREDITS)),
        "too many requests": Unusable("rate_limited", lambda: refusing(429)),
        "down": Unusable("unavailable", lambda: refusing(502)),
    },
    mistakes=[
        ({}, {CONF_API_KEY: "missing_credentials"}),
        ({CONF_API_KEY: " "}, {CONF_API_KEY: "missing_credentials"}),
        (KEY | PAIR, {CONF_API_KEY: "one_of_both"}),
        (KEY | {CONF_CLIENT_ID: "x"}, {CONF_API_KEY: "one_of_both"}),
        (KEY | {CONF_CLIENT_SECRET: "x"}, {CONF_API_KEY: "one_of_both"}),
        ({CONF_CLIENT_ID: "x"}, {CONF_CLIENT_SECRET: "missing_client_secret"}),
        ({CONF_CLIENT_SECRET: "x"}, {CONF_CLIENT_ID: "missing_client_id"}),
        ({CONF_API_KEY: "a\nb"}, {CONF_API_KEY: "bad_credential"}),
        ({CONF_API_KEY: "a b"}, {CONF_API_KEY: "bad_credential"}),
        (PAIR | {CONF_CLIENT_ID: "ключ"}, {CONF_CLIENT_ID: "bad_credential"}),
        (PAIR | {CONF_CLIENT_SECRET: "\x00x"}, {CONF_CLIENT_SECRET: "bad_credential"}),
        (KEY | {CONF_URL: "api.palabra.ai:x"}, {CONF_URL: "address_port"}),
        (KEY | {CONF_URL: "https://?a=b"}, {CONF_URL: "invalid_address"}),
        (KEY | {CONF_URL: "http://api.palabra.ai"}, {CONF_URL: "https_only"}),
        (KEY | {CONF_URL: "http://127.0.0.1.example"}, {CONF_URL: "https_only"}),
    ],
)
