"""Chooses the variables of a test: the last real firing, or a sample."""

from collections.abc import Mapping, Sequence
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from ..last_firing import LastFiring
from .calendars import moved_to_present
from .sample import Sample, sample_of

_LOGGER = logging.getLogger(__name__)


async def async_sample(
    hass: HomeAssistant,
    configs: Sequence[ConfigType],
    raw: Sequence[Mapping[str, Any]],
    last: LastFiring | None,
) -> Sample:
    """Return the last real firing if its trigger still exists, or else a sample.

    `configs` are the validated triggers, and `raw` those that the user entered.
    """
    if last is None or (index := last.index_in(raw)) is None:
        return await sample_of(hass, configs)
    try:
        variables = last.seen_by_templates()
    except ValueError as error:
        _LOGGER.debug("What is remembered of the last firing is damaged: %s", error)
        return await sample_of(hass, configs)
    trigger = {**variables["trigger"], "idx": str(index)}
    variables["trigger"] = moved_to_present(trigger)
    return Sample(variables=variables, trigger=raw[index], fired_at=last.at)
