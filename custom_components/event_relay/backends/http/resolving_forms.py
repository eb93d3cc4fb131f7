"""Resolve a request's name and the data of a call to the accepted request."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..base import InvalidField, Settings
from ..coercion_forms import as_rendered
from ..forms import TEST
from .connection_forms import CONF_IN_ORDER
from .request.definition import Definition, FieldType, Order
from .request.prepared import Stored, prepare
from .request.rendering import Rendering
from .request_forms import CONF_DEFINITION
from .template_forms import TemplateRenderer

TEST_WIRE = "test_wire"
"""Renders the same request as a test, which replaces it for a test delivery."""

_READ: HassKey[dict[str, tuple[object, Definition]]] = HassKey("event_relay_requests")
"""Cache of parsed definitions with their source, by request id."""
_MOST_READ = 500


def resolved(
    hass: HomeAssistant, settings: Settings, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Render the chosen request with its data; raises InvalidField."""
    request = _request_of(settings, data.get("request"))
    title = settings.subentries[request].title
    definition = _definition_of(hass, settings, request)
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
    given = definition.given(_as_rendered(definition, entered))
    rendering = Rendering(
        renderer=TemplateRenderer(hass),
        given=given,
        accepted=definition.accepts or frozenset(),
    )
    prepared = prepare(definition, rendering, request=request, title=title)
    field = definition.test_field
    if field is None or not isinstance(text := given.get(field), str):
        return prepared.dump()
    marked = replace(rendering, given={**given, field: f"{TEST}: {text}"})
    accepted = Stored(prepared, prepared.dump())
    accepted[TEST_WIRE] = partial(marked.wire, definition.recipe)
    return accepted


def as_test(data: Mapping[str, object]) -> dict[str, object]:
    """Return a rendered request as a test, if it has a field for that."""
    kept = {name: value for name, value in data.items() if name != TEST_WIRE}
    test = data.get(TEST_WIRE)
    return {**kept, "wire": test().dump()} if callable(test) else kept


def _as_rendered(
    definition: Definition, entered: Mapping[str, object]
) -> dict[str, object]:
    """Return the data of a call with what templates rendered for fields of text."""
    return {
        name: as_rendered(value)
        if value is ... or definition.types.get(name) is FieldType.TEXT
        else value
        for name, value in entered.items()
    }


def _definition_of(hass: HomeAssistant, settings: Settings, request: str) -> Definition:
    """Return the definition of a request, parsed once per change."""
    described = settings.subentries[request].data[CONF_DEFINITION]
    read = hass.data.setdefault(_READ, {})
    known = read.get(request)
    if known is None or known[0] is not described:
        if len(read) >= _MOST_READ:
            read.clear()
        known = read[request] = (described, Definition.parse(described))
    return known[1]


def _request_of(settings: Settings, wanted: object) -> str:
    """Return the id of the chosen request; raises InvalidField."""
    if wanted in (None, ""):
        raise InvalidField("request", "required")
    if wanted in settings.subentries:
        return str(wanted)
    named = [
        request
        for request, one in settings.subentries.items()
        if one.title.casefold() == str(wanted).strip().casefold()
    ]
    if not settings.subentries:
        raise InvalidField("request", "no_request")
    if len(named) != 1:
        known = ", ".join(one.title for one in settings.subentries.values())
        raise InvalidField("request", "not_one_of", known=known)
    return named[0]
