"""What the form of a Frigate says."""

from collections.abc import Callable
from functools import partial
from typing import Unpack

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL

from tests.config_flows import ConnectionForm, Place, UnusableSystem, failing, running
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
        "http on a TLS port": UnusableSystem(
            error="plain_http",
            place=lambda: serve(
                serve_page(
                    "<title>400 The plain HTTP request was sent to HTTPS port</title>",
                    400,
                )
            ),
        ),
        "other system without that path": UnusableSystem(
            error="other_system", place=lambda: serve(serve_document({}, status=404))
        ),
        "cameras missing": UnusableSystem(
            error="invalid_response",
            place=lambda: failing(
                FrigateSimulator, FaultKind.STATUS, 200, "*/config", {"cameras": []}
            ),
        ),
        "too old": UnusableSystem(error="version_too_old", place=_open(version="0.13")),
        "wrong password": UnusableSystem(
            error="invalid_auth",
            place=guarded(),
            fields=LOGIN | {CONF_PASSWORD: "wrong"},
        ),
        "login needed": UnusableSystem(error="auth_required", place=guarded()),
        "login switched off": UnusableSystem(
            error="auth_disabled", place=_open(), fields=LOGIN
        ),
        "viewer": UnusableSystem(
            error="role_may_not_write",
            place=guarded(version="0.16", role="viewer"),
            fields=LOGIN,
        ),
        "role of its own": UnusableSystem(
            error="role_may_not_write", place=guarded(role="garden_only"), fields=LOGIN
        ),
        "viewer without login": UnusableSystem(
            error="role_may_not_write", place=_open(role="viewer")
        ),
        "forbidden": UnusableSystem(
            error="permission_denied",
            place=lambda: failing(FrigateSimulator, FaultKind.STATUS, 403),
        ),
        "too many logins": UnusableSystem(
            error="rate_limited", place=guarded(rate_limit=0), fields=LOGIN
        ),
        "still starting": UnusableSystem(
            error="unavailable", place=_open(starting=True)
        ),
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
