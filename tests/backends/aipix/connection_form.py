"""What the form of an aipix says."""

from typing import Unpack

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL

from tests.config_flows import ConnectionForm, Place, Unusable, failing, running
from tests.home_aipix import PASSWORD, USERNAME
from tests.other_systems import serve, serve_document
from tools.simulators.aipix import AipixOptions, AipixSimulator
from tools.simulators.faults import FaultKind
from tools.simulators.wire import Json

ADMINISTRATOR = {"api": "administrator"}
ACCOUNT: dict[str, object] = {
    "api": "client",
    CONF_USERNAME: USERNAME,
    CONF_PASSWORD: PASSWORD,
    CONF_VERIFY_SSL: True,
}
TOKEN = "*/token"


def aipix(**options: Unpack[AipixOptions]) -> Place:
    """Run an aipix."""
    return running(AipixSimulator, **options)


def refusing(status: int, path: str = TOKEN) -> Place:
    """Run an aipix that refuses requests to a path."""
    body: Json = {"message": "no"}
    return failing(AipixSimulator, FaultKind.STATUS, status, path, body)


FORM = ConnectionForm(
    backend="aipix",
    run=AipixSimulator,
    fields=ACCOUNT,
    unusable={
        "a list": Unusable("invalid_response", lambda: serve(serve_document([]))),
        "refuses clients": Unusable("client_refused", lambda: refusing(409, "*")),
        "wrong password": Unusable("invalid_auth", aipix, {CONF_PASSWORD: "wrong"}),
        "wrong password of an administrator": Unusable(
            "invalid_auth", aipix, {CONF_PASSWORD: "wrong", **ADMINISTRATOR}
        ),
        "captcha": Unusable("captcha_required", lambda: aipix(captcha=True)),
        "all sessions in use": Unusable(
            "session_limit", lambda: aipix(session_limit=0)
        ),
        "all sessions in use, as 429": Unusable(
            "session_limit", lambda: aipix(session_limit=0, session_limit_status=429)
        ),
        "too many logins": Unusable("rate_limited", lambda: aipix(login_limit=0)),
        "licence": Unusable("licence", lambda: refusing(402)),
        "forbidden": Unusable("permission_denied", lambda: refusing(403)),
        "maintenance": Unusable("unavailable", lambda: refusing(503)),
        "login without a token": Unusable("invalid_response", lambda: refusing(200)),
    },
    mistakes=[
        (ACCOUNT | {CONF_URL: "ftp://vms"}, {CONF_URL: "address_scheme"}),
        (
            ACCOUNT | {CONF_URL: "https://me:secret@vms"},
            {CONF_URL: "address_with_login"},
        ),
        (ACCOUNT | {CONF_URL: "vms:99999"}, {CONF_URL: "address_port"}),
        (ACCOUNT | {CONF_USERNAME: " "}, {CONF_USERNAME: "missing_username"}),
        (ACCOUNT | {CONF_PASSWORD: ""}, {CONF_PASSWORD: "missing_password"}),
    ],
)
