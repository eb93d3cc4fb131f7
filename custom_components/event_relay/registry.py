"""The backends there are; a new one is a line here."""

from .backends.forms import BackendForms
from .backends.frigate.forms import FrigateForms
from .backends.palabra.forms import PalabraForms

BACKENDS: tuple[BackendForms, ...] = (FrigateForms(), PalabraForms())

BY_NAME = {forms.backend.name: forms for forms in BACKENDS}
