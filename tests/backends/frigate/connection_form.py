"""What the form of a Frigate says."""

from collections.abc import Callable
from functools import partial
from typing import Unpack

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL

from tests.config_flows import ConnectionForm, Place, Unusable, failing, running
from tests.other_systems import serve, serve_document, serve_page
from tools.simulators.faults import FaultKind
from tools.simulators.frigate import FrigateOptions, FrigateSimulator

USERNAME = "admin"
PASSWORD = "a good password"
LOGIN = {CONF_USERNAME: USERNAME, CONF_PASSWORD: PASSWORD}
WITH_LOGIN: FrigateOptions = {"user": USERNAME, "password": PASSWORD}
NO_LOGIN = {CONF_VERIFY_SSL: True}


def _open(**options: Unpack[FrigateOptions]) -> Callable[[], Place]:
    """Return what runs a Frigate without a login."""
    return lambda: running(FrigateSimulator, **options)


def guarded(**options: Unpack[FrigateOptions]) -> Callable[[], Place]:
    """Return what runs a Frigate that requires a login."""
    return lambda: running(partial(FrigateSimulator, **WITH_LOGIN), **options)


FORM = ConnectionForm(
    backend="frigate",
    run=FrigateSimulator,
    fields=NO_LOGIN,
    unusable={
        "http on a TLS port": Unusable(
            "plain_http",
            lambda: serve(
                serve_page(
                    "<title>400 The plain HTTP request was sent to HTTPS port</title>",
                    400,
                )
            ),
        ),
        "other system without that path": Unusable(
            "other_system", lambda: serve(serve_document({}, status=404))
        ),
        "cameras missing": Unusable(
            "invalid_response",
            lambda: failing(
                FrigateSimulator, FaultKind.STATUS, 200, "*/config", {"cameras": []}
            ),
        ),
        "too old": Unusable("version_too_old", _open(version="0.13")),
        "wrong password": Unusable(
            "invalid_auth", guarded(), LOGIN | {CONF_PASSWORD: "wrong"}
        ),
        "login needed": Unusable("auth_required", guarded()),
        "login switched off": Unusable("auth_disabled", _open(), LOGIN),
        "viewer": Unusable(
            "role_may_not_write", guarded(version="0.16", role="viewer"), LOGIN
        ),
        "role of its own": Unusable(
            "role_may_not_write", guarded(role="garden_only"), LOGIN
        ),
        "viewer without login": Unusable("role_may_not_write", _open(role="viewer")),
        "forbidden": Unusable(
            "permission_denied",
            lambda: failing(FrigateSimulator, FaultKind.STATUS, 403),
        ),
        "too many logins": Unusable("rate_limited", guarded(rate_limit=0), LOGIN),
        "still starting": Unusable("unavailable", _open(starting=True)),
    },
    mistakes=[
        (NO_LOGIN | {CONF_URL: "ftp://frigate"}, {CONF_URL: "address_scheme"}),
        (NO_LOGIN | {CONF_URL: "http://frigate:99999"}, {CONF_URL: "address_port"}),
        (
            NO_LOGIN | {CONF_URL: "http://me:secret@frigate"},
            {CONF_URL: "address_with_login"},
        ),
        (NO_LOGIN | {CONF_URL: "http://"}, {CONF_URL: "invalid_address"}),
        (NO_LOGIN | {CONF_USERNAME: "admin"}, {CONF_PASSWORD: "missing_password"}),
        (NO_LOGIN | {CONF_PASSWORD: "secret"}, {CONF_USERNAME: "missing_username"}),
    ],
)
