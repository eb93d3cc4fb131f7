"""Tests of the forms that add, reconfigure and reauthenticate a connection."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_CLOSE,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components import event_relay
from custom_components.event_relay import config_flow
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidCredentials,
    InvalidResponse,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Unavailable,
)
from custom_components.event_relay.backends.forms import BackendForms, Probe
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.forms import FrigateForms
from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.backends.input_forms import sections_of
from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tests.every_backend import BACKENDS, DESCRIBED, described
from tools.simulators.frigate import FrigateSimulator

from .backends.frigate.connection_form import (
    FORM as FRIGATE,
    LOGIN,
    PASSWORD,
    USERNAME,
    WITH_LOGIN,
)
from .config_flows import (
    ConnectionForm,
    Unusable,
    form_without_set_up,
    offered_steps,
    open_form,
    placeholder,
    running,
    short_timeout,
    submit,
    suggested,
)
from .markdown import read
from .other_systems import HOST, unused_port

pytestmark = pytest.mark.usefixtures("socket_enabled")

FORMS = described(ConnectionForm, "connection_form")
CAPABILITIES = {"version": "0.18.0", "username": "", "role": "admin", "cameras": {}}
TEXTS = json.loads(
    Path("custom_components/event_relay/translations/en.json").read_text("utf-8")
)["config"]
entered = FRIGATE.entered
frigate = partial(running, FrigateSimulator)


def test_every_backend_says_what_its_form_says() -> None:
    assert FORMS.keys() >= DESCRIBED, "tests/backends/<name>/connection_form.py"


def stored_data(url: str, **fields: object) -> dict[str, Any]:
    """Return the data of a connection, without capabilities."""
    return {
        CONF_BACKEND: "frigate",
        CONF_URL: url,
        CONF_USERNAME: "",
        CONF_PASSWORD: "",
        CONF_VERIFY_SSL: True,
        **fields,
    }


def entered_data(entry: ConfigEntry) -> dict[str, Any]:
    """Return the data of a connection as entered."""
    return {key: value for key, value in entry.data.items() if key != CONF_CAPABILITIES}


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the pause between requests to Guance."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


@pytest.fixture
async def form(hass: HomeAssistant) -> AsyncIterator[ConfigFlowResult]:
    """Return the form for Frigate; what it adds is not set up."""
    async with form_without_set_up(hass, "frigate") as form:
        yield form


def connection(hass: HomeAssistant, url: str, **fields: object) -> MockConfigEntry:
    """Return a connection's entry, never set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Garage",
        data=stored_data(url, **fields) | {CONF_CAPABILITIES: CAPABILITIES},
    )
    entry.add_to_hass(hass)
    return entry


async def test_every_backend_can_be_chosen(hass: HomeAssistant) -> None:
    choices = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )

    assert choices["step_id"] == "user"
    assert suggested(choices, NEXT_STEP) == "", "Nothing is preselected"
    names = [forms.backend.name for forms in BACKENDS]
    assert offered_steps(choices) == names
    for name in names:
        form = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        form = await submit(hass, form, {NEXT_STEP: name})
        assert form["type"] is FlowResultType.FORM
        assert form["step_id"] == name


async def test_connection_without_login_is_added(hass: HomeAssistant) -> None:
    form = await open_form(hass, "frigate")
    assert not form["errors"]

    async with frigate() as url:
        result = await submit(hass, form, entered(url))
        await settle(result["result"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Frigate (127.0.0.1)"
    entry = result["result"]
    assert entry.version == 1
    assert entry.unique_id is None
    assert entered_data(entry) == stored_data(url)
    capabilities = entry.data[CONF_CAPABILITIES]
    assert capabilities["version"].startswith("0.18.0")
    assert list(capabilities["cameras"]) == ["front_door", "garden"]


async def test_new_connection_is_followed_by_its_first_rule(
    hass: HomeAssistant,
) -> None:
    form = await open_form(hass, "frigate")
    async with frigate() as url:
        result = await submit(hass, form, entered(url))
        await settle(result["result"])
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    (follows,) = hass.config_entries.subentries.async_progress()
    assert follows["flow_id"] == flow_id
    assert follows["handler"] == (result["result"].entry_id, "rule")
    assert follows["step_id"] == "user"
    shown = await hass.config_entries.subentries.async_configure(flow_id)
    said = placeholder(shown, "connected")
    version = result["result"].data[CONF_CAPABILITIES]["version"]
    assert said == (
        f"**Connected to Frigate {version} at {URL(url).host_port_subcomponent}.** "
        "Cameras: 2. "
        "The connection is saved. Continue, or close this dialog and continue later."
        "\n\n"
    )


async def test_failed_set_up_is_followed_by_no_rule(hass: HomeAssistant) -> None:
    async with frigate() as url, form_without_set_up(hass, "frigate") as form:
        result = await submit(hass, form, entered(url))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in result


@pytest.mark.parametrize(
    ("form_of", "system"),
    [
        pytest.param(one, system, id=f"{one.backend}: {name}")
        for one in FORMS.values()
        for name, system in one.all_unusable().items()
    ],
)
async def test_form_shows_the_error_and_recovers(
    hass: HomeAssistant, form_of: ConnectionForm, system: Unusable
) -> None:
    async with form_without_set_up(hass, form_of.backend) as empty:
        async with system.place() as bad:
            with short_timeout(system.error):
                entered = form_of.entered(bad, **system.fields)
                form = await submit(hass, empty, entered)

        assert form["type"] is FlowResultType.FORM
        assert form["step_id"] == form_of.backend
        assert form["errors"] == {"base": system.error}
        for name, value in entered.items():
            assert suggested(form, name) == value
        if "{reason}" in TEXTS["error"][system.error]:
            assert placeholder(form, "reason")

        async with running(form_of.run) as good:
            result = await submit(hass, form, form_of.entered(good))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data[CONF_URL] == good


@pytest.mark.parametrize(
    ("form_of", "entered", "errors"),
    [
        pytest.param(one, *mistake, id=f"{one.backend} {number}")
        for one in FORMS.values()
        for number, mistake in enumerate(one.mistakes)
    ],
)
async def test_field_shows_the_error_and_recovers(
    hass: HomeAssistant,
    form_of: ConnectionForm,
    entered: dict[str, object],
    errors: dict[str, str],
) -> None:
    async with (
        form_without_set_up(hass, form_of.backend) as empty,
        running(form_of.run) as url,
    ):
        form = await submit(hass, empty, {CONF_URL: url, **entered})
        assert form["errors"] == errors
        assert suggested(form, CONF_URL) == entered.get(CONF_URL, url)
        result = await submit(hass, form, form_of.entered(url))

    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "spelling",
    [
        "http://frigate.local:5000",
        "http://frigate.local:5000/",
        "HTTP://Frigate.LOCAL:5000/api/",
    ],
)
async def test_second_connection_to_the_same_address_is_refused(
    hass: HomeAssistant, form: ConfigFlowResult, spelling: str
) -> None:
    connection(hass, "http://frigate.local:5000")
    result = await submit(hass, form, entered(spelling))

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_another_address_is_another_connection(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    connection(hass, "http://frigate.local:5000")
    async with frigate() as url:
        result = await submit(hass, form, entered(url))

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_unexpected_error_is_logged_and_recovered_from(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(FrigateForms, "probe", failing_probe(RuntimeError("a bug")))
        form = await submit(hass, form, entered("http://frigate.local"))

    assert form["errors"] == {"base": "unknown"}
    assert "Unexpected error while trying Frigate" in caplog.text
    assert "a bug" in caplog.text
    async with frigate() as url:
        result = await submit(hass, form, entered(url))
    assert result["type"] is FlowResultType.CREATE_ENTRY


def failing_probe(error: Exception) -> Callable[..., Any]:
    """Return a probe that raises."""

    async def probe(_forms: FrigateForms, _client: object, _data: object) -> Probe:
        raise error

    return probe


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CannotConnect(code="timeout"), "timeout"),
        (CannotConnect(code="of_a_fifth_backend"), "cannot_connect"),
        (Unavailable(code="of_a_fifth_backend"), "unavailable"),
        (InvalidCredentials(code="of_a_fifth_backend"), "invalid_auth"),
        (PermissionDenied(code="of_a_fifth_backend"), "permission_denied"),
        (InvalidResponse(code="of_a_fifth_backend"), "invalid_response"),
        (Rejected("no"), "rejected"),
        (Rejected("no", code="captcha_required"), "rejected"),
        (OutcomeUnknown("lost"), "unknown"),
    ],
)
async def test_error_without_a_text_has_that_of_its_kind(
    hass: HomeAssistant,
    form: ConfigFlowResult,
    monkeypatch: pytest.MonkeyPatch,
    error: BackendError,
    text: str,
) -> None:
    monkeypatch.setattr(FrigateForms, "probe", failing_probe(error))
    form = await submit(hass, form, entered("http://frigate.local"))

    assert form["errors"] == {"base": text}
    told = {"connection": "Frigate", "reason": str(error)}
    assert form["description_placeholders"] == told


async def test_refused_credentials_name_the_probed_system(
    hass: HomeAssistant, form: ConfigFlowResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = InvalidCredentials("no", code="credentials_refused")
    monkeypatch.setattr(FrigateForms, "probe", failing_probe(error))
    form = await submit(hass, form, entered("http://frigate.local"))

    assert form["errors"] == {"base": "credentials_refused"}
    text = TEXTS["error"]["credentials_refused"]
    told = text.format(**(form["description_placeholders"] or {}))
    assert told == "Frigate does not accept these credentials: no"


@pytest.mark.parametrize("start", ["start_reauth_flow", "start_reconfigure_flow"])
async def test_refused_credentials_are_those_of_the_connection_that_is_changed(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    """With two connections of one backend, its name alone would not tell which."""
    entry = connection(hass, "http://frigate.local")
    error = InvalidCredentials("no", code="credentials_refused")
    monkeypatch.setattr(FrigateForms, "probe", failing_probe(error))
    form = await getattr(entry, start)(hass)
    filled = LOGIN if start == "start_reauth_flow" else entered("http://frigate.local")
    form = await submit(hass, form, filled)

    assert form["errors"] == {"base": "credentials_refused"}
    text = TEXTS["error"]["credentials_refused"]
    told = text.format(**(form["description_placeholders"] or {}))
    assert told == "Garage does not accept these credentials: no"


async def test_error_of_a_field_has_placeholders(
    hass: HomeAssistant, form: ConfigFlowResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_forms: FrigateForms, _user_input: object) -> dict[str, Any]:
        raise InvalidField(CONF_URL, "invalid_address", given="7")

    monkeypatch.setattr(FrigateForms, "normalise", refuse)
    form = await submit(hass, form, entered("http://frigate.local"))

    assert form["errors"] == {CONF_URL: "invalid_address"}
    assert form["description_placeholders"] == {"given": "7"}


@pytest.fixture
def system_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the systems an id of their own, as those of other backends have."""
    probe = FrigateForms.probe

    async def with_id(
        forms: FrigateForms, client: FrigateClient, data: dict[str, Any]
    ) -> Probe:
        probed = await probe(forms, client, data)
        return Probe(
            title=probed.title, capabilities=probed.capabilities, unique_id="house"
        )

    monkeypatch.setattr(FrigateForms, "probe", with_id)


@pytest.mark.usefixtures("system_id")
async def test_second_address_of_the_same_system_is_refused(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    async with frigate() as url:
        first = await submit(hass, form, entered(url))
    assert first["result"].unique_id == "house"

    async with frigate() as url:
        second = await submit(hass, await open_form(hass, "frigate"), entered(url))

    assert second["type"] is FlowResultType.ABORT
    assert second["reason"] == "already_configured"


@pytest.mark.usefixtures("system_id")
async def test_connection_cannot_move_to_another_system(hass: HomeAssistant) -> None:
    async with frigate() as url, frigate() as other_url:
        entry = connection(hass, url)
        hass.config_entries.async_update_entry(entry, unique_id="other house")
        form = await entry.start_reconfigure_flow(hass)
        result = await submit(hass, form, entered(other_url))

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "unique_id_mismatch"
    assert entry.data[CONF_URL] == url


@pytest.fixture
async def loaded(
    hass: HomeAssistant,
) -> AsyncIterator[tuple[FrigateSimulator, MockConfigEntry]]:
    """Return a Frigate that requires a login, and a loaded connection."""
    async with FrigateSimulator(**WITH_LOGIN) as simulator:
        entry = connection(hass, simulator.url, **LOGIN)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield simulator, entry
        await settle(entry)


@pytest.fixture
def set_ups(loaded: object) -> Iterator[Mock]:
    """Count how often a loaded connection is set up again."""
    with patch(
        "custom_components.event_relay.async_setup_entry",
        wraps=event_relay.async_setup_entry,
    ) as set_up:
        yield set_up


async def settle(entry: ConfigEntry) -> None:
    """Wait for the first contact, so that no server stops during it."""
    await entry.runtime_data.async_refresh()


async def test_reauth_asks_for_the_connections_credentials(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry], set_ups: Mock
) -> None:
    simulator, entry = loaded
    simulator.configure(user="relay", password="another good password")

    form = await entry.start_reauth_flow(hass)
    assert form["step_id"] == "frigate_reauth"
    assert placeholder(form, "name") == "Garage"
    assert read(placeholder(form, "address")) == simulator.url
    assert suggested(form, CONF_USERNAME) == USERNAME
    assert suggested(form, CONF_PASSWORD) is None
    changed = {CONF_USERNAME: "relay", CONF_PASSWORD: "another good password"}
    result = await submit(hass, form, changed)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entered_data(entry) == stored_data(simulator.url, **changed)
    assert entry.title == "Garage"
    set_ups.assert_called_once()


async def test_reauth_repeats_until_the_login_succeeds(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry]
) -> None:
    simulator, entry = loaded
    form = await entry.start_reauth_flow(hass)

    form = await submit(hass, form, LOGIN | {CONF_PASSWORD: "wrong"})
    assert form["errors"] == {"base": "invalid_auth"}
    form = await submit(hass, form, {CONF_USERNAME: USERNAME})
    assert form["errors"] == {CONF_PASSWORD: "missing_password"}
    simulator.configure(role="viewer")
    form = await submit(hass, form, LOGIN)
    assert form["errors"] == {"base": "role_may_not_write"}
    assert suggested(form, CONF_PASSWORD) == PASSWORD
    simulator.configure(role="admin", starting=True)
    form = await submit(hass, form, LOGIN)
    assert form["errors"] == {"base": "unavailable"}
    assert placeholder(form, "name") == "Garage"

    simulator.configure(starting=False)
    result = await submit(hass, form, LOGIN)
    assert result["reason"] == "reauth_successful"


async def test_reauth_can_clear_the_credentials(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry]
) -> None:
    simulator, entry = loaded
    simulator.configure(password=None)

    result = await submit(hass, await entry.start_reauth_flow(hass), {})

    assert result["reason"] == "reauth_successful"
    assert entered_data(entry) == stored_data(simulator.url)


async def test_same_credentials_end_a_pause(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry], set_ups: Mock
) -> None:
    _, entry = loaded

    result = await submit(hass, await entry.start_reauth_flow(hass), LOGIN)

    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    set_ups.assert_called_once()


async def test_unloaded_connection_is_set_up_again(hass: HomeAssistant) -> None:
    async with frigate() as url:
        entry = connection(hass, url)
        assert not entry.update_listeners
        form = await entry.start_reconfigure_flow(hass)
        await submit(hass, form, entered(url, verify_ssl=False))
        await settle(entry)

    assert entry.state is ConfigEntryState.LOADED


async def test_reconfigure_changes_the_address(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry], set_ups: Mock
) -> None:
    simulator, entry = loaded

    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "frigate_reconfigure"
    assert placeholder(form, "name") == "Garage"
    assert read(placeholder(form, "address")) == simulator.url
    for key, value in stored_data(simulator.url, **LOGIN).items():
        assert suggested(form, key) == (None if key == CONF_BACKEND else value)
    async with frigate(**WITH_LOGIN) as url:
        form = await submit(hass, form, entered(url))
        assert form["errors"] == {"base": "auth_required"}
        assert suggested(form, CONF_URL) == url
        assert suggested(form, CONF_USERNAME) is None
        result = await submit(hass, form, entered(url, **LOGIN, verify_ssl=False))

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        assert entered_data(entry) == stored_data(url, **LOGIN, verify_ssl=False)
        assert entry.title == "Garage"
        set_ups.assert_called_once()
        await settle(entry)


async def test_reconfigure_without_a_change(
    hass: HomeAssistant, loaded: tuple[FrigateSimulator, MockConfigEntry]
) -> None:
    simulator, entry = loaded
    simulator.configure(cameras=["barn"])

    form = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, form, entered(f"{simulator.url}/api", **LOGIN))

    assert result["reason"] == "reconfigure_successful"
    assert entered_data(entry) == stored_data(simulator.url, **LOGIN)
    assert list(entry.data[CONF_CAPABILITIES]["cameras"]) == ["barn"]


async def test_reconfigure_refuses_the_address_of_another_connection(
    hass: HomeAssistant,
) -> None:
    connection(hass, "http://frigate.local:5000")
    entry = connection(hass, "http://nvr.local:5000")

    form = await entry.start_reconfigure_flow(hass)
    result = await submit(hass, form, entered("http://FRIGATE.local:5000/api/"))

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert entry.data[CONF_URL] == "http://nvr.local:5000"


async def test_failed_attempts_leave_nothing_behind(
    hass: HomeAssistant, form: ConfigFlowResult
) -> None:
    form = await submit(hass, form, entered(f"http://{HOST}:{unused_port()}"))
    listeners = hass.bus.async_listeners()

    for _ in range(3):
        form = await submit(hass, form, entered(f"http://{HOST}:{unused_port()}"))

    assert hass.bus.async_listeners() == listeners
    client = FrigateForms().create_client(hass, stored_data("http://frigate.local"))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    with pytest.raises(CannotConnect, match="session is closed"):
        await client.capabilities()


def test_every_error_has_a_text() -> None:
    of_frigate = {"missing_username", "missing_password"}
    assert (
        set(TEXTS["error"])
        >= config_flow.FORM_ERRORS | FrigateForms.form_errors | of_frigate
    )


@pytest.mark.parametrize("forms", BACKENDS, ids=lambda forms: forms.backend.name)
def test_every_field_has_texts(forms: BackendForms) -> None:
    name = forms.backend.name
    for step, schema in (
        (name, forms.connection),
        (f"{name}_reauth", forms.credentials_schema),
        (f"{name}_reconfigure", forms.connection),
    ):
        fields = [
            key for key in map(str, schema.schema) if key not in sections_of(schema)
        ]
        texts = TEXTS["step"][step]
        assert texts["title"]
        assert step == name or texts["description"]
        assert list(texts["data"]) == fields
        assert list(texts["data_description"]) == fields
