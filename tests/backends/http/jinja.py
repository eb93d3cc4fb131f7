"""Render templates like Home Assistant, without Home Assistant."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from jinja2 import Environment, StrictUndefined, TemplateError

from custom_components.event_relay.backends.http.request.rendering import (
    CannotRender,
    Rendering,
)

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class JinjaRenderer:
    """Renders with Jinja alone."""

    def __init__(self) -> None:
        self._jinja = Environment(undefined=StrictUndefined)  # noqa: S701 no HTML
        self._jinja.globals |= {"now": lambda: NOON, "timedelta": timedelta}

    def text(self, template: str, variables: Mapping[str, object]) -> str:
        try:
            return self._jinja.from_string(template).render(variables).strip()
        except TemplateError as error:
            raise CannotRender(str(error)) from error

    def value(self, template: str, variables: Mapping[str, object]) -> object:
        try:
            inner = template.removeprefix("{{").removesuffix("}}")
            return self._jinja.compile_expression(inner, undefined_to_none=False)(
                variables
            )
        except TemplateError as error:
            raise CannotRender(str(error)) from error


def rendering(*accepted: str, **given: object) -> Rendering:
    """Return the rendering of a call with some data."""
    return Rendering(
        renderer=JinjaRenderer(), given=given, accepted=frozenset({*accepted, *given})
    )
