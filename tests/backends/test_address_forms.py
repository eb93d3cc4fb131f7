"""Tests of addresses as people type them, or copy them from a browser."""

from homeassistant.const import CONF_URL
from hypothesis import given, strategies as st
import pytest

from custom_components.event_relay.backends.address_forms import read_address
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.transport import normalise_address
from custom_components.event_relay.registry import BY_NAME

FIELDS: dict[str, dict[str, object]] = {
    "frigate": {"verify_ssl": True},
    "aipix": {
        "api": "client",
        "username": "user",
        "password": "password",
        "verify_ssl": True,
    },
    "guance": {"api_key": "a-key"},
    "palabra": {"api_key": "a-key"},
}


def stored(backend: str, entered: str) -> str:
    """Return the address that a form stores."""
    data = BY_NAME[backend].normalise({CONF_URL: entered, **FIELDS[backend]})
    return str(data[CONF_URL])


@pytest.mark.parametrize(
    ("backend", "entered", "address"),
    [
        ("frigate", "frigate:5000", "http://frigate:5000"),
        ("frigate", "192.168.1.5:5000", "http://192.168.1.5:5000"),
        ("frigate", "[fd00::5]:5000/", "http://[fd00::5]:5000"),
        ("frigate", "frigate.local", "http://frigate.local"),
        ("frigate", "frigate:8971", "https://frigate:8971"),
        ("frigate", "frigate:8443", "https://frigate:8443"),
        ("frigate", "//frigate:5000", "http://frigate:5000"),
        ("frigate", "http://frigate:5000/#garden", "http://frigate:5000"),
        ("frigate", "http://frigate:5000/review#a", "http://frigate:5000"),
        (
            "frigate",
            "https://frigate:8971/explore?labels=person&event_id=17.5-abc",
            "https://frigate:8971",
        ),
        ("frigate", "frigate:5000/review?timestamp=a_1", "http://frigate:5000"),
        ("frigate", "https://nvr/frigate/settings", "https://nvr/frigate"),
        ("frigate", "https://nvr/system/frigate", "https://nvr/system/frigate"),
        ("frigate", "http://frigate:5000/cameras/garden", "http://frigate:5000"),
        ("frigate", "http://frigate:5000/recording/garden/2026", "http://frigate:5000"),
        ("frigate", "http://frigate:5000/api/version", "http://frigate:5000"),
        ("aipix", "vms.example.org", "https://vms.example.org"),
        ("aipix", "vms:8443/admin/scripts?page=2", "https://vms:8443"),
        ("aipix", "http://vms/api/v1", "http://vms"),
        ("aipix", "https://vms/#/cameras", "https://vms"),
        ("guance", "openapi.guance.com", "https://openapi.guance.com"),
        (
            "guance",
            "https://openapi.guance.com/api/v1?a=b#c",
            "https://openapi.guance.com",
        ),
        ("palabra", "api.palabra.ai", "https://api.palabra.ai"),
        (
            "palabra",
            "https://api.palabra.ai/saas/v2/events?page=1",
            "https://api.palabra.ai",
        ),
    ],
)
def test_address_is_understood(backend: str, entered: str, address: str) -> None:
    assert stored(backend, entered) == address
    assert stored(backend, f"  {entered}\n") == address
    assert stored(backend, address) == address


@pytest.mark.parametrize("backend", FIELDS)
@pytest.mark.parametrize(
    ("entered", "problem", "details"),
    [
        (" ", "invalid_address", {}),
        ("https://", "invalid_address", {}),
        ("https://:5000", "invalid_address", {}),
        ("https:///explore", "invalid_address", {}),
        ("ftp://host", "address_scheme", {"scheme": "ftp"}),
        ("rtsp://host:8554/garden", "address_scheme", {"scheme": "rtsp"}),
        ("https://host:99999", "address_port", {"port": "99999"}),
        ("host:0", "address_port", {"port": "0"}),
        ("https://host:5000a/x", "address_port", {"port": "5000a"}),
        ("https://host:port", "address_port", {"port": "port"}),
        ("fd00::5", "address_host", {"host": "fd00::5"}),
        ("https://[::1", "address_host", {"host": "[::1"}),
        ("https://my host/", "address_host", {"host": "my host"}),
        ("https://a..b", "address_host", {"host": "a..b"}),
        ("https://user:password@host", "address_with_login", {}),
        ("user@host:5000", "address_with_login", {}),
    ],
)
def test_error_names_the_invalid_part(
    backend: str, entered: str, problem: str, details: dict[str, str]
) -> None:
    with pytest.raises(InvalidField) as raised:
        stored(backend, entered)
    assert (raised.value.field, raised.value.problem) == (CONF_URL, problem)
    assert raised.value.details == details


@given(st.text() | st.from_regex(r"(https?://)?[a-z.:\[\]@0-9]+(/[a-z?#]*)*"))
def test_any_text_is_an_address_or_refused(entered: str) -> None:
    try:
        address = read_address(entered)
    except InvalidField:
        return
    assert address == normalise_address(address) == read_address(address)
