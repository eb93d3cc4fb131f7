"""From the name of a request and the data of a call to what is accepted."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant

from ..base import InvalidField, Settings
from ..forms import TEST
from .connection_forms import CONF_IN_ORDER
from .definition import Definition, Order
from .prepared import prepare
from .rendering import Rendering
from .request_forms import CONF_DEFINITION
from .template_forms import TemplateRenderer

TEST_WIRE = "test_wire"
"""Renders the same request as a test, which is sent in its place where it is one."""


def resolved(
    hass: HomeAssistant, settings: Settings, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Render the request that is meant with its data; raises InvalidField."""
    request = _request_of(settings, data.get("request"))
    title = settings.subentries[request].title
    definition = Definition.parse(settings.subentries[request].data[CONF_DEFINITION])
    if data.get("until_ended") and definition.end is None:
        raise InvalidField("request", "request_without_end", request=title)
    if (
        settings.data[CONF_IN_ORDER]
        and definition.end is None
        and definition.order is Order.NONE
    ):
        definition = replace(definition, order=Order.CONNECTION)
    entered = data.get("data") or {}
    if not isinstance(entered, Mapping):
        raise InvalidField("data", "not_a_mapping")
    given = definition.given(entered)
    rendering = Rendering(
        renderer=TemplateRenderer(hass),
        given=given,
        accepted=definition.accepts or frozenset(),
    )
    prepared = prepare(definition, rendering, request=request, title=title)
    accepted: dict[str, Any] = prepared.dump()
    field = definition.test_field
    if field is not None and isinstance(text := given.get(field), str):
        marked = replace(rendering, given={**given, field: f"{TEST}: {text}"})
        accepted[TEST_WIRE] = partial(marked.wire, definition.recipe)
    return accepted


def _request_of(settings: Settings, wanted: object) -> str:
    """Return the id of the request that is meant; raises InvalidField."""
    if wanted in (None, ""):
        raise InvalidField("request", "required")
    if wanted in settings.subentries:
        return str(wanted)
    named = [
        request
        for request, one in settings.subentries.items()
        if one.title.casefold() == str(wanted).strip().casefold()
    ]
    if len(named) != 1:
        known = ", ".join(one.title for one in settings.subentries.values())
        raise InvalidField("request", "not_one_of", known=known)
    return named[0]
