"""Steps of the config flow for a connection, and the errors of each backend's form."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigFlowResult,
    SubentryFlowResult,
)
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import get_schema_suggested_value
import voluptuous as vol

from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.backends.palabra.api import client as palabra_client
from custom_components.event_relay.backends.transport import HttpTransport
from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.server import Simulator
from tools.simulators.wire import Json

from .other_systems import (
    HOST,
    serve,
    serve_bytes,
    serve_document,
    serve_page,
    serve_redirect,
    untrusted,
    unused_port,
)

type Place = AbstractAsyncContextManager[str]
"""A running system, and its address."""


async def open_form(hass: HomeAssistant, backend: str) -> ConfigFlowResult:
    """Choose a backend, and return its form."""
    choices = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await submit(hass, choices, {NEXT_STEP: backend})


async def submit(
    hass: HomeAssistant, form: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    """Submit a form and wait for its effects."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def offered_steps(form: Mapping[str, Any]) -> list[str]:
    """Return the next steps that a form offers; the form may be JSON."""
    schema = form["data_schema"]
    if isinstance(schema, vol.Schema):
        (selector,) = schema.schema.values()
        shown = selector.config
    else:
        (asked,) = schema
        shown = asked["selector"]["select"]
    options: list[str] = shown["options"]
    return options


@asynccontextmanager
async def form_without_set_up(
    hass: HomeAssistant, backend: str
) -> AsyncIterator[ConfigFlowResult]:
    """Yield the form of a backend; a new entry is not set up meanwhile."""
    with patch("custom_components.event_relay.async_setup_entry", return_value=False):
        yield await open_form(hass, backend)


def placeholder(form: ConfigFlowResult | SubentryFlowResult, key: str) -> str:
    """Return a placeholder of a form."""
    assert form["description_placeholders"] is not None
    return form["description_placeholders"][key]


def suggested(form: ConfigFlowResult, key: str) -> object:
    """Return the suggested value of a field."""
    assert form["data_schema"] is not None
    return get_schema_suggested_value(form["data_schema"].schema, key)


@contextmanager
def short_timeout(error: str) -> Iterator[None]:
    """Shorten the timeout if a test is about a missing response.

    All other tests keep the time that a slow machine may need.
    """
    defaults = HttpTransport.__init__.__kwdefaults__
    assert defaults is not None
    seconds = 0.3 if error == "timeout" else 60.0
    with (
        patch.dict(defaults, {"timeout": seconds}),
        patch.object(palabra_client, "TIMEOUT", seconds),
    ):
        yield


@dataclass(frozen=True)
class Unusable:
    """A system that cannot be used, and the error in the form."""

    error: str
    place: Callable[[], Place]
    fields: Mapping[str, object] = field(default_factory=dict)
    """Input instead of the valid fields."""


@dataclass(frozen=True, kw_only=True)
class ConnectionForm:
    """The form of one backend."""

    backend: str
    run: Callable[..., Simulator]
    """Returns a simulator with options, not started."""
    fields: Mapping[str, object]
    """The input in addition to the address."""
    unusable: Mapping[str, Unusable]
    """Those of this backend, in addition to or instead of the common ones."""
    mistakes: Sequence[tuple[Mapping[str, object], Mapping[str, str]]]
    """Input without a valid address, and the errors of its fields."""

    def entered(self, url: str, **fields: object) -> dict[str, Any]:
        """Return the input of the form."""
        return {CONF_URL: url, **self.fields, **fields}

    def all_unusable(self) -> dict[str, Unusable]:
        """Return the unusable systems of this backend and those common to all."""
        return {**_common(self.run), **self.unusable}


@asynccontextmanager
async def running(
    run: Callable[..., Simulator],
    *faults: Fault,
    scheme: str = "",
    tls: bool = False,
    **options: Any,  # noqa: ANN401 - of any simulator
) -> AsyncIterator[str]:
    """Run a simulator; yield its address, with another scheme if wanted."""
    async with run(tls=tls, **options) as simulator:
        simulator.add_faults(*faults)
        own_scheme, _, rest = simulator.url.partition(":")
        yield f"{scheme or own_scheme}:{rest}"


def failing(
    run: Callable[..., Simulator],
    kind: FaultKind,
    status: int = 503,
    path: str = "*",
    body: Json = None,
) -> Place:
    """Run a simulator with a fault."""
    fault = Fault(kind=kind, status=status, path=path, body=body, times=None)
    return running(run, fault)


@asynccontextmanager
async def unused_address() -> AsyncIterator[str]:
    """Yield an address where no server listens."""
    yield f"http://{HOST}:{unused_port()}"


def _common(run: Callable[..., Simulator]) -> dict[str, Unusable]:
    """Return the unusable systems that every backend distinguishes."""
    page = "<html>Welcome</html>"
    places: dict[str, tuple[str, Callable[[], Place]]] = {
        "nobody listens": ("cannot_connect", unused_address),
        "breaks off": (
            "cannot_connect",
            lambda: failing(run, FaultKind.RESET_BEFORE),
        ),
        "never answers": ("timeout", lambda: failing(run, FaultKind.HANG)),
        "certificate of its own": (
            "certificate",
            lambda: untrusted(running(run, tls=True)),
        ),
        "https on a plain port": ("tls", lambda: running(run, scheme="https")),
        "not http at all": ("not_http", lambda: serve_bytes(b"SSH-2")),
        "redirect": ("redirected", lambda: serve(serve_redirect)),
        "other system": (
            "other_system",
            lambda: serve(serve_document({"service": "other"})),
        ),
        "web page": ("not_json", lambda: serve(serve_page(page))),
    }
    return {name: Unusable(error, place) for name, (error, place) in places.items()}
