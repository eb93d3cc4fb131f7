"""The form of a mirror, which makes an outside item follow a schedule or calendar."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .base import InvalidField
from .choice_forms import Listed, as_shown
from .forms import BackendForms
from .input_forms import place_of


class Running(Protocol):
    """A loaded connection, as the forms of its subentries see it."""

    forms: BackendForms
    client: Any

    @property
    def effective(self) -> Any:  # noqa: ANN401 - the backend's own
        """Return the capabilities as limited by the user's settings."""

    async def async_listed(self) -> Listed:
        """Return the choices that the live system lists; raises nothing."""


class MirrorFlow(ConfigSubentryFlow):
    """Adds or changes a mirror, with the same form."""

    def __init__(self) -> None:
        """Begin without errors."""
        self._errors: dict[str, str] = {}
        self._placeholders: dict[str, str] = {}

    @abstractmethod
    async def async_schema(self) -> vol.Schema:
        """Return the form."""

    @abstractmethod
    async def async_checked(
        self, user_input: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return title and data; raises InvalidField."""

    @property
    def entry(self) -> ConfigEntry[Running]:
        """The connection that the mirror belongs to."""
        entry: ConfigEntry[Running] = self._get_entry()
        return entry

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a mirror."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        if user_input is not None and (checked := await self._check(user_input)):
            title, data = checked
            return self.async_create_entry(title=title, data=data)
        return await self._form("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a mirror; the connection's update listener restarts it."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        subentry = self._get_reconfigure_subentry()
        if user_input is not None and (checked := await self._check(user_input)):
            title, data = checked
            return self.async_update_and_abort(
                self.entry, subentry, title=title, data=data
            )
        shown = subentry.data if user_input is None else user_input
        return await self._form("reconfigure", shown)

    async def async_try(self, operation: str, data: dict[str, Any]) -> None:
        """Raise InvalidField for data that the operation would refuse."""
        runtime = self.entry.runtime_data
        settings = runtime.forms.settings_of(self.entry)
        resolved = await runtime.forms.resolve(self.hass, settings, operation, data)
        tried = runtime.forms.backend.operation(operation)
        fitting, _ = tried.shortened(resolved)
        tried.check(tried.parse(fitting), runtime.effective, dt_util.utcnow())

    async def _check(
        self, user_input: dict[str, Any]
    ) -> tuple[str, dict[str, Any]] | None:
        """Return title and data, or None with errors to show."""
        self._errors, self._placeholders = {}, {}
        try:
            return await self.async_checked(user_input)
        except InvalidField as error:
            place = place_of(await self.async_schema(), error.field)
            self._errors[place] = error.problem
            self._placeholders = {"field": error.field, **error.details}
            return None

    async def _form(
        self, step_id: str, shown: Mapping[str, Any] | None
    ) -> SubentryFlowResult:
        """Show the form with the values entered before."""
        schema = await self.async_schema()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, as_shown(schema, shown or {})
            ),
            errors=self._errors,
            description_placeholders=self._placeholders,
        )
