"""Converts values from templates, forms and scripts to the type of a field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..backends.base import InvalidField
from ..backends.coercion_forms import Coercer, wrong_kind


def coerce(data: Mapping[str, Any], coercers: Mapping[str, Coercer]) -> dict[str, Any]:
    """Return the data with every value converted to its field's type.

    A field set to None counts as left out, as templates and the UI do. Dates without a
    time zone are in Home Assistant's. Raises InvalidField.
    """
    values: dict[str, Any] = {}
    for field, value in data.items():
        if (coercer := coercers.get(field)) is None:
            known = ", ".join(sorted(coercers))
            raise InvalidField(field, "unknown", known=known)
        if value is None:
            continue
        try:
            coerced = coercer(value)
            if isinstance(coerced, datetime) and coerced.tzinfo is None:
                coerced = coerced.replace(tzinfo=dt_util.get_default_time_zone())
        except InvalidField:
            raise
        except (vol.Invalid, ValueError, TypeError, OverflowError) as error:
            raise wrong_kind(field, coercer) from error
        values[field] = coerced
    return values
