"""All backends, imported, for what has to hold of each."""

from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.registry import BY_NAME

BACKENDS: tuple[BackendForms, ...] = tuple(BY_NAME.values())
