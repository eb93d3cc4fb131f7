"""The backends there are; a new one is a line here."""

from .backends.aipix.forms import AipixForms
from .backends.forms import BackendForms
from .backends.frigate.forms import FrigateForms
from .backends.guance.forms import GuanceForms
from .backends.palabra.forms import PalabraForms

BACKENDS: tuple[BackendForms, ...] = (
    FrigateForms(),
    AipixForms(),
    GuanceForms(),
    PalabraForms(),
)

BY_NAME = {forms.backend.name: forms for forms in BACKENDS}
