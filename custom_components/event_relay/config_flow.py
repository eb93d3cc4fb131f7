"""Config flow: the choice of a backend, and three forms for each."""

from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import count
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_NAME, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_load_integrations
import voluptuous as vol
from yarl import URL

from .actions.default_connection import async_second_added, async_set_default
from .backends.address_forms import wrong_path
from .backends.base import InvalidField, JsonObject
from .backends.choice_forms import as_shown
from .backends.connection_forms import not_refused
from .backends.errors import BackendError
from .backends.forms import BackendForms
from .backends.input_forms import flattened, place_of, read_numbers, sectioned
from .backends.markdown import in_markdown
from .backends.menu_forms import CONNECTED, chosen_step, menu_schema
from .backends.named_steps import FlowStep, NamedSteps
from .const import CONF_BACKEND, CONF_CAPABILITIES, CONF_DEFAULT, CONF_PAUSED, DOMAIN
from .coordinator import RelayConfigEntry
from .flows.rule import RuleFlow
from .flows.rule_form import Labels, refusal_in_words
from .home_language import Texts, reason_in_words, say, texts_of
from .options import options_schema, paused
from .registry import BY_NAME, async_load
from .rules.rule import SUBENTRY_RULE

_LOGGER = logging.getLogger(__name__)

FORM_ERRORS = frozenset(
    {
        "cannot_connect",
        "certificate",
        "credentials_refused",
        "invalid_address",
        "invalid_auth",
        "invalid_response",
        "name_not_found",
        "not_http",
        "not_json",
        "other_system",
        "permission_denied",
        "rate_limited",
        "redirected",
        "rejected",
        "timeout",
        "tls",
        "unavailable",
        "unknown",
    }
)
"""Causes with a text for every backend; a backend adds its own.

Problems of fields have separate texts.
"""
PATH_ERRORS = frozenset({"not_json", "other_system"})
"""Errors of something that is not the system; a wrong path may be the cause."""


SUBENTRY_FLOWS: Mapping[str, type[ConfigSubentryFlow]] = {SUBENTRY_RULE: RuleFlow}
"""Subentry flows for every backend."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A connection whose live system responded."""

    name: str
    """The name that the user entered; empty without one."""
    title: str
    """The name that the system or its address suggests."""
    settings: dict[str, Any]
    capabilities: JsonObject
    id_of_credentials: bool

    @property
    def data(self) -> dict[str, Any]:
        """Return the data to store in the entry."""
        return {**self.settings, CONF_CAPABILITIES: self.capabilities}


class EventRelayConfigFlow(NamedSteps, ConfigFlow, domain=DOMAIN):
    """Adds a connection to a backend, reauthenticates and reconfigures it.

    Every backend has the steps `<name>`, `<name>_reauth` and `<name>_reconfigure`.
    """

    VERSION = 1

    def __init__(self) -> None:
        """Initialize without errors."""
        self._errors: dict[str, str] = {}
        self._placeholders: dict[str, str] = {}
        self._made: dict[str, Any] | None = None

    @override
    def named_step(self, name: str) -> FlowStep | None:
        """Return a backend's step."""
        for suffix, step in (
            ("_reauth", self.reauthenticate),
            ("_reconfigure", self.reconfigure),
            ("", self.add),
        ):
            backend = name.removesuffix(suffix)
            if name.endswith(suffix) and backend in BY_NAME:
                return partial(self._step_of, backend, step)
        return None

    async def _step_of(
        self, backend: str, step: FlowStep, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import a backend and take a step with its forms."""
        forms = await async_load(self.hass, backend)
        result: ConfigFlowResult = await step(forms, user_input)
        return result

    @override
    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> EventRelayOptionsFlow:
        """Return the flow for the options of a connection."""
        return EventRelayOptionsFlow()

    @override
    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentry flows of a connection."""
        backend = config_entry.data[CONF_BACKEND]
        return {**SUBENTRY_FLOWS, **BY_NAME[backend].subentry_flows}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the backend."""
        if (step := chosen_step(self, user_input)) is not None:
            return await step()
        # Home Assistant only loads the texts of integrations that are set up.
        await async_load_integrations(self.hass, {DOMAIN})
        return self.async_show_form(
            step_id="user",
            data_schema=menu_schema(BY_NAME, "backend"),
            last_step=False,
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Continue with a flow for the new connection, such as that of a first rule."""
        entry: RelayConfigEntry = result["result"]
        kind = BY_NAME[entry.data[CONF_BACKEND]].begins_with
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, kind),
            context=SubentryFlowContext(source=SOURCE_USER),
            data={CONNECTED: _connected(self.hass, entry)},
        )
        if form["type"] is not FlowResultType.ABORT:
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"])
        return result

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Continue with this backend's form for credentials."""
        return await self._step_of(entry_data[CONF_BACKEND], self.reauthenticate)

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with this backend's form for a connection."""
        entry = self._get_reconfigure_entry()
        return await self._step_of(entry.data[CONF_BACKEND], self.reconfigure)

    async def add(
        self, forms: BackendForms, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add a connection once its live system responds."""
        if user_input is not None and (
            connection := await self._connect(forms, user_input)
        ):
            self._abort_if_unique_id_configured()
            async_second_added(self.hass, forms.backend.name)
            return self.async_create_entry(
                title=self._distinct(connection), data=connection.data
            )
        shown = self._suggested(forms) if user_input is None else user_input
        return self._form(forms.backend.name, forms.connection, shown)

    def _suggested(self, forms: BackendForms) -> Mapping[str, Any]:
        """Return the first suggestion that is not an existing connection."""
        present = [
            entry.data
            for entry in self._async_current_entries()
            if entry.data[CONF_BACKEND] == forms.backend.name
        ]
        suggestions: Sequence[Mapping[str, Any]] = forms.suggestions(self.hass)
        for suggestion in suggestions:
            own: Mapping[str, Any] = forms.identity(suggestion)
            if not any(own.items() <= data.items() for data in present):
                return suggestion
        return {}

    async def reauthenticate(
        self, forms: BackendForms, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace the credentials of a connection once they are accepted."""
        entry = self._get_reauth_entry()
        schema = forms.credentials_schema
        if user_input is not None:
            kept = {
                key: value
                for key, value in entry.data.items()
                if key not in schema.schema
            }
            if connection := await self._connect(forms, kept | user_input, entry):
                return self._update(entry, connection)
        return self._form(
            f"{forms.backend.name}_reauth",
            schema,
            not_refused(schema, entry.data) | (user_input or {}),
            entry=entry,
        )

    async def reconfigure(
        self, forms: BackendForms, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change a connection once its live system responds."""
        entry = self._get_reconfigure_entry()
        if user_input is not None and (
            connection := await self._connect(forms, user_input, entry)
        ):
            return self._update(entry, connection)
        return self._form(
            f"{forms.backend.name}_reconfigure",
            forms.connection,
            sectioned(forms.connection, {CONF_NAME: entry.title, **entry.data})
            if user_input is None
            else user_input,
            entry=entry,
        )

    async def _connect(
        self,
        forms: BackendForms,
        user_input: Mapping[str, Any],
        entry: ConfigEntry | None = None,
    ) -> Connection | None:
        """Try the live system; on failure, set the errors to show and return None.

        Generated values stay the same for every try, so that the system sees one
        device.

        Raises AbortFlow for an existing connection.
        """
        self._errors = {}
        if self._made is None:
            self._made = forms.made_once(entry.data if entry is not None else {})
        schema = forms.connection
        try:
            flat = flattened(schema, read_numbers(schema, user_input))
        except InvalidField as error:
            step = f"step.{forms.backend.name}."
            labels = Labels(Texts(texts_of(self.hass, "config"), step))
            self._errors[place_of(schema, error.field)] = "refused"
            self._placeholders["reason"] = refusal_in_words(self.hass, error, labels)
            return None
        try:
            data = forms.normalise(flat) | self._made
            await forms.check_connection(data)
        except InvalidField as error:
            self._errors[place_of(schema, error.field)] = error.problem
            self._placeholders |= error.details
            return None
        backend = {CONF_BACKEND: forms.backend.name}
        self._async_abort_entries_match(backend | forms.identity(data))
        try:
            probe = await forms.probe(forms.create_client(self.hass, data), data)
        except BackendError as error:
            called = entry.title if entry is not None else forms.backend.title
            self._set_errors(error, data, forms, called)
            return None
        except Exception:
            _LOGGER.exception("Unexpected error while trying %s", forms.backend.title)
            self._errors["base"] = "unknown"
            return None
        await self.async_set_unique_id(probe.unique_id)
        return Connection(
            name=(flat.get(CONF_NAME) or "").strip(),
            title=probe.title,
            settings=backend | data,
            capabilities=probe.capabilities.dump(),
            id_of_credentials=probe.id_of_credentials,
        )

    def _distinct(self, connection: Connection) -> str:
        """Return a unique title: with port, user or a number if needed."""
        present = self._async_current_entries()
        taken = {entry.title.casefold() for entry in present}
        others = {_port_of(entry.data) for entry in present}
        return next(
            title
            for title in _titles(connection, others)
            if title.casefold() not in taken
        )

    def _set_errors(
        self,
        error: BackendError,
        data: Mapping[str, Any],
        forms: BackendForms,
        called: str,
    ) -> None:
        """Set the form's errors for a refusal by the live system, with its name."""
        cause = _cause(error, FORM_ERRORS | forms.form_errors)
        if cause in PATH_ERRORS and (wrong := wrong_path(data)) is not None:
            self._errors[wrong.field] = wrong.problem
            self._placeholders |= wrong.details
        else:
            self._errors["base"] = cause
            self._placeholders["reason"] = reason_in_words(self.hass, str(error))
            self._placeholders["connection"] = called

    def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        *,
        entry: ConfigEntry | None = None,
    ) -> ConfigFlowResult:
        """Show a form with the previous input and the connection's name."""
        placeholders = dict(self._placeholders)
        if entry is not None:
            placeholders["name"] = in_markdown(entry.title)
            placeholders["address"] = in_markdown(entry.data.get(CONF_URL, ""))
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, as_shown(schema, suggested or {})
            ),
            errors=self._errors,
            description_placeholders=placeholders,
        )

    def _update(self, entry: ConfigEntry, connection: Connection) -> ConfigFlowResult:
        """Store the data and finish; the entry's update listener reloads it.

        The listener does nothing if the settings are unchanged, and is missing if
        set-up failed. Then reload here: it retries set-up, and ends a pause for
        credentials or permissions that were fixed at the backend.
        """
        if not connection.id_of_credentials:
            self._abort_if_unique_id_mismatch()
        changed = not connection.settings.items() <= entry.data.items()
        reloads_itself = changed and bool(entry.update_listeners)
        result = self.async_update_and_abort(
            entry,
            unique_id=self.unique_id,
            title=connection.name or entry.title,
            data=connection.data,
        )
        if not reloads_itself:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result


class EventRelayOptionsFlow(NamedSteps, OptionsFlow):
    """Changes the options of a connection; its backend may add some.

    Every backend has a step of its name.
    """

    @override
    def named_step(self, name: str) -> FlowStep | None:
        """Return a backend's step."""
        return self._options if name == self._backend else None

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Continue with the backend's form."""
        return await self._options()

    @property
    def _backend(self) -> str:
        """The backend of the connection."""
        name: str = self.config_entry.data[CONF_BACKEND]
        return name

    async def _options(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import the backend and show its form."""
        return await self.options(
            await async_load(self.hass, self._backend), user_input
        )

    async def options(
        self, forms: BackendForms, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options and save them; the update listener reloads."""
        schema = options_schema(forms)
        errors: dict[str, str] = {}
        details: Mapping[str, str] = {}
        if user_input is not None:
            try:
                return self._save(forms, read_numbers(schema, user_input))
            except InvalidField as error:
                errors[error.field] = error.problem
                details = error.details
        return self.async_show_form(
            step_id=forms.backend.name,
            data_schema=self.add_suggested_values_to_schema(
                schema, self.config_entry.options if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders=details,
        )

    def _save(self, forms: BackendForms, wanted: dict[str, Any]) -> ConfigFlowResult:
        """Save the options, and make the connection the default one if wanted."""
        options = self.config_entry.options
        default = wanted[CONF_DEFAULT]
        if default is not bool(options.get(CONF_DEFAULT)):
            entry_id = self.config_entry.entry_id if default else None
            async_set_default(self.hass, forms.backend.name, entry_id)
        kept = {CONF_PAUSED: options[CONF_PAUSED]} if paused(options) else {}
        return self.async_create_entry(data=wanted | kept)


def _connected(hass: HomeAssistant, entry: RelayConfigEntry) -> str:
    """Return in Markdown what was reached; empty if the connection is not loaded."""
    if entry.state is not ConfigEntryState.LOADED:
        return ""
    forms, capabilities = entry.runtime_data.forms, entry.runtime_data.effective
    version = forms.product(entry.data, capabilities).version
    title = forms.backend.title
    reached = say(
        hass,
        "connected" if forms.tests_login(entry.data) else "connected_untested",
        system=f"{title} {version}" if version else title,
        address=URL(entry.data[CONF_URL]).host_port_subcomponent or "",
    )
    found = [
        say(hass, f"connected_{what}", count=str(count))
        for what, count in forms.found(capabilities).items()
    ]
    return " ".join(
        [f"**{in_markdown(reached)}**", *found, say(hass, "connected_next")]
    )


def _titles(
    connection: Connection, others: AbstractSet[tuple[str, int | None]]
) -> Iterator[str]:
    """Yield possible titles of a connection, the preferred one first.

    A port tells it apart only if it is not that of another connection to the host.
    """
    preferred = connection.name or connection.title
    yield preferred
    if not connection.name:
        yield from _with_more(connection, others)
    for number in count(2):
        yield f"{preferred} {number}"


def _with_more(
    connection: Connection, others: AbstractSet[tuple[str, int | None]]
) -> Iterator[str]:
    """Yield the suggested title with the port, and with the user, if that helps."""
    host, port = here = _port_of(connection.settings)
    user = connection.settings.get(CONF_USERNAME)
    title = connection.title
    if not host or host not in title:
        return
    if f"{host}:{port}" not in title and here not in others:
        yield title.replace(host, f"{host}:{port}", 1)
    if user:
        yield title.replace(host, f"{user}@{host}", 1)


def _port_of(settings: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the host and port of a connection."""
    address = URL(settings.get(CONF_URL, ""))
    return address.host_subcomponent or "", address.port


def _cause(error: BackendError, known: AbstractSet[str]) -> str:
    """Return the key of the most specific text for an error."""
    causes = (error.code, type(error).code, "unknown")
    return next(cause for cause in causes if cause in known)
