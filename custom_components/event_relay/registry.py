"""All backends; add a new one here.

A home uses few of them. So the modules of a backend are only imported once it is needed
by a connection, a form or a call.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Self, override

from homeassistant.core import HomeAssistant

from .backends.forms import BackendForms
from .const import DOMAIN, OWN_ACTIONS
from .rules.rule import SUBENTRY_RULE


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What must be known of a backend whose modules are not imported."""

    name: str
    """Also the name of its folder."""
    forms: str
    """Its class in `forms.py`."""
    actions: tuple[str, ...]
    queries: tuple[str, ...] = ()
    subentries: tuple[str, ...] = ()
    """Subentry types that only this backend has."""

    @classmethod
    def of(cls, forms: BackendForms) -> Self:
        """Return what must be known of a backend."""
        return cls(
            name=forms.backend.name,
            forms=type(forms).__name__,
            actions=tuple(forms.action_fields),
            queries=tuple(forms.queries),
            subentries=tuple(forms.subentry_flows),
        )

    def load(self) -> BackendForms:
        """Import the backend."""
        module = import_module(f".backends.{self.name}.forms", __package__)
        forms: BackendForms = getattr(module, self.forms)()
        return forms


REGISTERED = (
    Registered(
        name="frigate",
        forms="FrigateForms",
        actions=("create_camera_event", "end_camera_event", "update_camera_event"),
    ),
    Registered(
        name="aipix",
        forms="AipixForms",
        actions=("create_script", "update_script", "create_camera_mark"),
        queries=("list_script_choices",),
        subentries=("script_mirror",),
    ),
    Registered(
        name="guance",
        forms="GuanceForms",
        actions=("create_custom_event",),
    ),
    Registered(
        name="palabra",
        forms="PalabraForms",
        actions=("create_live_event", "update_live_event", "delete_live_event"),
        queries=("list_live_events",),
        subentries=("calendar_mirror",),
    ),
    Registered(
        name="http",
        forms="HttpForms",
        actions=("send_http_request", "end_http_request"),
        subentries=("request",),
    ),
)


def refuse_same_names(backends: Iterable[Registered]) -> None:
    """Refuse backends, actions or subentry types with the same name.

    Home Assistant would silently keep the last of them. Raises ValueError.
    """
    owners = {("action", name): DOMAIN for name in OWN_ACTIONS}
    owners["subentry", SUBENTRY_RULE] = DOMAIN
    for backend in backends:
        for named in _names(backend):
            if (other := owners.get(named)) is not None:
                kind, name = named
                message = f"{kind} {name}: of {other} and of {backend.name}"
                raise ValueError(message)
            owners[named] = backend.name


def _names(backend: Registered) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of everything that a backend names."""
    yield "backend", backend.name
    for names in (backend.actions, backend.queries):
        for name in names:
            yield "action", name
    for name in backend.subentries:
        yield "subentry", name


class Backends(MutableMapping[str, BackendForms]):
    """All backends by name, each imported when it is first read.

    In the event loop, `async_load` must come first.
    """

    def __init__(self, registered: Iterable[Registered]) -> None:
        """Register backends."""
        self._registered = {one.name: one for one in registered}
        self._loaded: dict[str, BackendForms] = {}
        self.reasons: Mapping[str, str] = {}
        """The `BackendForms.reasons` of all imported backends, for any thread."""

    @property
    def registered(self) -> Iterable[Registered]:
        """What is known of all backends without importing any."""
        return self._registered.values()

    def is_loaded(self, name: str) -> bool:
        """Return whether a backend is imported."""
        return name in self._loaded

    @override
    def __getitem__(self, name: str) -> BackendForms:
        if (forms := self._loaded.get(name)) is None:
            forms = self._registered[name].load()
            self._keep(name, forms)
        return forms

    @override
    def __setitem__(self, name: str, forms: BackendForms) -> None:
        self._registered[name] = Registered.of(forms)
        self._keep(name, forms)

    def _keep(self, name: str, forms: BackendForms) -> None:
        """Keep an imported backend."""
        self._loaded[name] = forms
        self.reasons = {**self.reasons, **forms.reasons}

    @override
    def __delitem__(self, name: str) -> None:
        del self._registered[name]
        self._loaded.pop(name, None)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._registered)

    @override
    def __len__(self) -> int:
        return len(self._registered)

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._registered


refuse_same_names(REGISTERED)

BY_NAME = Backends(REGISTERED)


async def async_load(hass: HomeAssistant, name: str) -> BackendForms:
    """Return a backend; raises KeyError if there is none of that name."""
    if BY_NAME.is_loaded(name):
        return BY_NAME[name]
    return await hass.async_add_import_executor_job(BY_NAME.__getitem__, name)
