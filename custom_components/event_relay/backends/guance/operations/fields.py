"""Read the fields that only custom events have.

No rules are published for the tags of this call. Those of the neighbouring calls are
assumed: push-events for reserved names, and DataKit for lengths (vendor documentation,
inferred to hold here).
"""

from collections.abc import Mapping
from datetime import date, datetime
import math
import re

from ...base import InvalidField
from ...field import Field
from ...field_table import (
    choice_field,
    lines_field,
    mapping_field,
    text_field,
    time_field,
)
from ...fields import text
from ...own_sentences import OwnWarning
from ...prose import cut_to_bytes, spaced
from ..api.look_ups import OWN_TAG

STATUSES = ("critical", "error", "warning", "ok", "info", "nodata")
"""The values of create (vendor documentation); `fatal` is for other calls."""
LONGEST_TITLE = 1_000
"""Characters, so that it stays one line; no limit is published. The 256 of monitors are
for other titles."""
LONGEST_ORIGIN = 1_000
"""Characters; no limit is published."""
LONGEST_MESSAGE = 16_000
"""Characters, so that an event stays below 64 KiB; no limit is published. DataKit keeps
messages below 1 MiB."""
LONGEST_TAG_NAME = 100
"""Characters; DataKit cuts names at 256 bytes."""
LONGEST_TAG = 1024
"""Bytes of a tag's text, where DataKit cuts it."""
MOST_TAGS = 60
"""Tags of an event; with the message it stays well below 1 MiB."""
RESERVED = frozenset(
    {
        "check_value",
        "create_time",
        "date",
        "dimension_tags",
        "extra_data",
        "message",
        "source",
        "status",
        "time",
        "time_us",
        "timestamp",
        "title",
        "workspace_name",
        "workspace_uuid",
        OWN_TAG,
    }
)
"""Names that the service reserves (push-events, vendor documentation), and our own."""
RESERVED_PREFIXES = ("_", "df_")

_TAG_NAME = re.compile(r"[a-zA-Z0-9_]+", re.ASCII)


def tags(value: object, name: str) -> Mapping[str, str]:
    """Read tags; scalars become text, empty ones are left out.

    Errors name the tag (`tags.floor`).
    """
    if not isinstance(value, Mapping):
        raise InvalidField(name, "not_a_mapping")
    read: dict[str, str] = {}
    for key, item in value.items():
        tag = _tag_name(key, name)
        if item is not None and (words := _tag_text(item, f"{name}.{tag}")):
            read[tag] = words
    if len(read) > MOST_TAGS:
        raise InvalidField(name, "too_many", maximum=str(MOST_TAGS))
    return read


def tags_that_fit(value: object, name: str) -> tuple[object, tuple[str, ...]]:
    """Return tags with texts cut to fit, and a warning for each cut."""
    if not isinstance(value, Mapping):
        return value, ()
    fitting: dict[object, object] = {}
    warnings: list[str] = []
    for key, words in value.items():
        if not isinstance(words, str):
            fitting[key] = words
            continue
        mended = spaced(words)
        if mended != words.strip():
            warnings.append(OwnWarning.SPACED.of(field=f"{name}.{key}"))
        fitting[key] = cut_to_bytes(mended, LONGEST_TAG)
        if fitting[key] != mended:
            cut = OwnWarning.CUT_BYTES.of(field=f"{name}.{key}", maximum=LONGEST_TAG)
            warnings.append(cut)
    return fitting, tuple(warnings)


def _tag_name(key: object, name: str) -> str:
    """Read the name of a tag: letters, digits and underscores."""
    where = f"{name}.{key}"[: LONGEST_TAG_NAME * 2]
    if not isinstance(key, str) or not _TAG_NAME.fullmatch(key):
        raise InvalidField(where, "tag_name")
    if len(key) > LONGEST_TAG_NAME:
        raise InvalidField(where, "too_long", maximum=str(LONGEST_TAG_NAME))
    lowered = key.lower()
    if lowered in RESERVED or lowered.startswith(RESERVED_PREFIXES):
        raise InvalidField(where, "reserved")
    return key


def _tag_text(value: object, name: str) -> str:
    """Read the text of a tag; a tag has the same type in all events."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            raise InvalidField(name, "not_a_number")
        case int() | float():
            words = str(value)
        case datetime() | date():
            words = value.isoformat()
        case str():
            words = value.strip()
        case Mapping() | list() | tuple() | set():
            raise InvalidField(name, "nested")
        case _:
            raise InvalidField(name, "not_text")
    if len(words.encode("utf-8", "replace")) > LONGEST_TAG:
        raise InvalidField(name, "too_long", maximum=str(LONGEST_TAG))
    return text(words, name, LONGEST_TAG, allowed="")


CUSTOM_EVENT: tuple[Field, ...] = (
    choice_field(
        "status",
        STATUSES,
        translation_key="custom_event_status",
        required=True,
        public=True,
        example="warning",
    ),
    text_field(
        "title",
        longest=LONGEST_TITLE,
        prose=True,
        required=True,
        example="The front door is open",
    ),
    lines_field(
        "message",
        longest=LONGEST_MESSAGE,
        example="Nobody is at home, and the front door has been open for ten minutes.",
    ),
    mapping_field(
        "tags",
        tags,
        example='{"floor": "ground", "entity": "binary_sensor.front_door"}',
    ),
    text_field(
        "origin",
        longest=LONGEST_ORIGIN,
        prose=True,
        seldom=True,
        example="Home Assistant",
    ),
    time_field("occurred_at", seldom=True, public=True),
)
"""The fields of a custom event."""
