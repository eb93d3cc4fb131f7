"""Texts in the home's language, for texts without a known reader.

Browsers translate forms, repairs and the card into their user's language. Texts that
are composed here are in the home's language.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import override

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    LOCALE_EN,
    async_get_cached_translations,
    async_load_integrations,
)
from homeassistant.util import dt as dt_util

from .backends.own_sentences import recognised, translated
from .const import DOMAIN
from .registry import BY_NAME

_NOON = 12


class Texts(Mapping[str, str]):
    """The texts whose keys begin with a path, by the rest of the key.

    A view, because copying the texts of a category is slower than most uses.
    """

    def __init__(self, texts: Mapping[str, str], path: str) -> None:
        """Initialize with the texts and a path."""
        self._texts = texts
        self._path = path

    @override
    def __getitem__(self, key: str) -> str:
        return self._texts[self._path + key]

    @override
    def __iter__(self) -> Iterator[str]:
        path = self._path
        return (key.removeprefix(path) for key in self._texts if key.startswith(path))

    @override
    def __len__(self) -> int:
        return sum(1 for _ in self)


def texts_of(hass: HomeAssistant, category: str) -> Mapping[str, str]:
    """Return the texts of a category, such as `common`, by key.

    Missing translations are in English, as are all until those of a new language are
    loaded. Home Assistant loads them at set-up, so this reads no file; it may be called
    in any thread.
    """
    texts = async_get_cached_translations(
        hass, hass.config.language, category, DOMAIN
    ) or async_get_cached_translations(hass, LOCALE_EN, category, DOMAIN)
    return Texts(texts, f"component.{DOMAIN}.{category}.")


@callback
def async_follow_language(hass: HomeAssistant) -> None:
    """Load the texts of the home's language whenever it changes.

    Home Assistant loads them into a cache that nothing reads (2026.10).
    """

    async def load(_: Event) -> None:
        await async_load_integrations(hass, {DOMAIN})

    hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, load)


def say(hass: HomeAssistant, key: str, **values: str) -> str:
    """Return a text of `common` with its placeholders filled; raises KeyError."""
    return texts_of(hass, "common")[key].format_map(values)


def quoted(hass: HomeAssistant, label: str) -> str:
    """Return a label in quotes, so that a sentence can begin with any label."""
    return say(hass, "quoted", label=label)


def moment_in_words(
    hass: HomeAssistant, moment: datetime, *, seconds: bool = False
) -> str:
    """Return a time as people of the home's language write it, in its time zone."""
    local = dt_util.as_local(moment)
    exact = f"{local:%M:%S}" if seconds else f"{local:%M}"
    if hass.config.language == "en":  # the others, such as en-GB, count to 24
        half = "AM" if local.hour < _NOON else "PM"
        clock = f"{local.hour % _NOON or _NOON}:{exact} {half}"
    else:
        clock = f"{local:%H}:{exact}"
    return say(
        hass,
        "date_time",
        day=str(local.day),
        month=say(hass, "months").split(", ")[local.month - 1],
        year=str(local.year),
        time=clock,
    )


def operation_name(hass: HomeAssistant, operation: str) -> str:
    """Return the name of an operation's action; words of its key without one."""
    names = texts_of(hass, "services")
    return names.get(f"{operation}.name", operation.replace("_", " "))


def reason_in_words(hass: HomeAssistant, reason: str) -> str:
    """Return a reason in the home's language if it is in our words.

    Those of another system stay as they are.
    """
    return translated(reason, BY_NAME.reasons, texts_of(hass, "common").__getitem__)


def in_home_language(hass: HomeAssistant, error: Exception) -> str:
    """Return the translated message of an error, without the final period.

    `str` of an error is always in English.
    """
    if (
        not isinstance(error, HomeAssistantError)
        or error.translation_domain != DOMAIN
        or error.translation_key is None
    ):
        return str(error)
    text = texts_of(hass, "exceptions").get(f"{error.translation_key}.message")
    if text is None:
        return str(error)
    try:
        return text.rstrip(".").format_map(error.translation_placeholders or {})
    except KeyError:
        return str(error)


def warnings_in_words(hass: HomeAssistant, warnings: Iterable[str]) -> list[str]:
    """Return translated warnings of a delivery; a backend's own words stay as is."""
    return [_warning_in_words(hass, warning) for warning in warnings]


def _warning_in_words(hass: HomeAssistant, warning: str) -> str:
    """Return one warning."""
    if (known := recognised(warning)) is None:
        return warning
    code, values = known
    return say(hass, f"warning_{code}", **values)
