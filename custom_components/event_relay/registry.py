"""The backends there are; a new one is a line here."""

from .backends.aipix.forms import AipixForms
from .backends.forms import BackendForms
from .backends.frigate.forms import FrigateForms

BACKENDS: tuple[BackendForms, ...] = (FrigateForms(), AipixForms())

BY_NAME = {forms.backend.name: forms for forms in BACKENDS}
