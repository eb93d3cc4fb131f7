"""An HTTP connection with a rule, as their forms store them."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL

from custom_components.event_relay.backends.http import connection_forms as forms
from custom_components.event_relay.const import CONF_BACKEND
from custom_components.event_relay.coordinator import RelayConfigEntry

from .contenders import FIELDS, HTTP_BELL, a_rule
from .home import a_connection

_REQUEST = "Event"
_DEFINITION = {
    "path": "/events",
    "body_kind": "json",
    "body_json": {"id": "{id}", "number": "{{ number }}", "title": "{{ title }}"},
    "fields": {
        "number": {"required": True, "type": "number"},
        "title": {"required": True, "type": "text"},
    },
    "repeat": "repeatable",
}
"""Sends the same event as all contenders, with its id for deduplication."""


def an_http_connection(address: str) -> RelayConfigEntry:
    """Return a connection to the receiving server, with a request and a rule."""
    settings = forms.normalised(
        {
            CONF_URL: address,
            CONF_VERIFY_SSL: True,
            forms.CONF_AUTHENTICATION: "none",
            forms.CONF_UNENCRYPTED: False,
            forms.CONF_INTERVAL: 0,
            forms.CONF_IN_ORDER: False,
        }
    )
    request = ConfigSubentryDataWithId(
        data={"preset": None, "definition": _DEFINITION},
        subentry_id="01BENCHREQUEST000000000000",
        subentry_type="request",
        title=_REQUEST,
        unique_id=None,
    )
    fields: dict[str, Any] = {"request": _REQUEST, "data": FIELDS}
    rule = a_rule(
        HTTP_BELL,
        operation="send_http_request",
        fields=fields,
        rule_id="01BENCHRULE00000000000HTTP",
    )
    return a_connection(
        address,
        [request, rule],
        entry_id="http",
        data={CONF_BACKEND: "http", **settings},
    )
