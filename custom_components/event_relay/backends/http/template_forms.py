"""Render the templates of requests with Home Assistant."""

from collections.abc import Mapping
import json
import re
from typing import cast

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
from homeassistant.util.hass_dict import HassKey

from .request.rendering import CannotRender

_INNER = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)


_TEMPLATES: HassKey[dict[str, Template]] = HassKey("event_relay_http_templates")
_MOST_TEMPLATES = 500


def _compiled(hass: HomeAssistant, template: str) -> Template:
    """Return a template, which is compiled when it is first rendered."""
    templates = hass.data.setdefault(_TEMPLATES, {})
    if (known := templates.get(template)) is None:
        if len(templates) >= _MOST_TEMPLATES:
            templates.clear()
        known = templates[template] = Template(template, hass)
    return known


class TemplateRenderer:
    """Renders with all features of Home Assistant's templates.

    An undefined value is an error, not an empty text: nothing incomplete is sent.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Take Home Assistant."""
        self._hass = hass

    def text(self, template: str, variables: Mapping[str, object]) -> str:
        """Return the text of a template; raises CannotRender."""
        try:
            return cast(
                "str",
                _compiled(self._hass, template).async_render(
                    variables, parse_result=False, strict=True
                ),
            )
        except TemplateError as error:
            raise CannotRender(str(error)) from error

    def value(self, template: str, variables: Mapping[str, object]) -> object:
        """Return the value of a one-expression template, with its type.

        Home Assistant renders to text and guesses the type from that, so a text "5"
        would become a number. JSON keeps the type. Raises CannotRender.
        """
        if (found := _INNER.fullmatch(template)) is None:
            return self.text(template, variables)
        asked = f"{{{{ {{'value': ({found[1]})}} | to_json }}}}"
        try:
            decoded: Mapping[str, object] = json.loads(self.text(asked, variables))
        except CannotRender, ValueError:
            # Not JSON, such as a state object, or not an expression.
            return self.text(template, variables)
        return decoded["value"]
