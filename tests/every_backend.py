"""All backends, imported, for tests of each."""

from importlib import import_module
from importlib.util import find_spec

from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.registry import BY_NAME

BACKENDS: tuple[BackendForms, ...] = tuple(BY_NAME.values())
DESCRIBED = frozenset(BY_NAME) - {"http"}
"""Backends with common tests; the others have their own in `tests/http`."""


def described[T](kind: type[T], module: str) -> dict[str, T]:
    """Return what the tests of each backend describe in a module of this name.

    By the name of the backend, and of those after the first also their own.
    """
    found: dict[str, T] = {}
    for backend in BY_NAME:
        name = f"tests.backends.{backend}.{module}"
        if backend not in DESCRIBED or find_spec(name) is None:
            continue
        for own, value in vars(import_module(name)).items():
            if isinstance(value, kind):
                found[f"{backend}, {own}" if backend in found else backend] = value
    return found
