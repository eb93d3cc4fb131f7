"""All backends; add a new one here."""

from collections.abc import Iterable, Iterator

from .backends.aipix.forms import AipixForms
from .backends.forms import BackendForms
from .backends.frigate.forms import FrigateForms
from .backends.guance.forms import GuanceForms
from .backends.http.forms import HttpForms
from .backends.palabra.forms import PalabraForms
from .const import DOMAIN, OWN_ACTIONS
from .rules.rule import SUBENTRY_RULE

BACKENDS: tuple[BackendForms, ...] = (
    FrigateForms(),
    AipixForms(),
    GuanceForms(),
    PalabraForms(),
    HttpForms(),
)


def refuse_same_names(backends: Iterable[BackendForms]) -> None:
    """Refuse backends, actions or subentry types with the same name.

    Home Assistant would silently keep the last of them. Raises ValueError.
    """
    owners = {("action", name): DOMAIN for name in OWN_ACTIONS}
    owners["subentry", SUBENTRY_RULE] = DOMAIN
    for forms in backends:
        for named in _names(forms):
            if (other := owners.get(named)) is not None:
                kind, name = named
                message = f"{kind} {name}: of {other} and of {forms.backend.name}"
                raise ValueError(message)
            owners[named] = forms.backend.name


def _names(forms: BackendForms) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of everything that a backend names."""
    yield "backend", forms.backend.name
    for name in (*forms.action_fields, *forms.queries):
        yield "action", name
    for name in forms.subentry_flows:
        yield "subentry", name


refuse_same_names(BACKENDS)

BY_NAME = {forms.backend.name: forms for forms in BACKENDS}
