"""The fields of a rule: each holds a value, or a template that gives one."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, template
import voluptuous as vol

from .arming import CannotArm


class Fields:
    """The fields of a rule, ready to be rendered."""

    def __init__(self, hass: HomeAssistant, raw: Mapping[str, Any]) -> None:
        """Read the templates among them; raises CannotArm for a broken one."""
        self._hass = hass
        self._fields: dict[str, Any] = {}
        for name, value in raw.items():
            try:
                self._fields[name] = cv.template_complex(value)
            except vol.Invalid as error:
                raise CannotArm(f"{name}: {error}") from error

    def render(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields hold now; empty ones are left out.

        Raises Home Assistant's TemplateError.
        """
        rendered = {
            name: template.render_complex(value, variables)
            for name, value in self._fields.items()
        }
        return {
            name: value for name, value in rendered.items() if value not in ("", None)
        }
