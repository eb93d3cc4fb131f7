"""Tests of long texts: prose is cut, names are refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.base import AnyOperation, InvalidField
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.backends.guance.backend import GUANCE
from custom_components.event_relay.backends.palabra.backend import PALABRA
from custom_components.event_relay.backends.prose import cut, cut_to_bytes

SUNDAY = {"day": 0, "ranges": [{"from": "08:00:00", "to": "09:00:00"}]}
CAMERA = {"camera": "front_door", "label": "doorbell"}
CASES = [
    (FRIGATE.operation("create_camera_event"), CAMERA),
    (FRIGATE.operation("update_camera_event"), {"event_id": "1764000000.5-abcdef"}),
    (AIPIX.operation("create_camera_mark"), {"camera_id": 1}),
    (AIPIX.operation("create_script"), {"event_id": 41, "schedule": [SUNDAY]}),
    (AIPIX.operation("update_script"), {"script_id": 7}),
    (GUANCE.operation("create_custom_event"), {"status": "critical", "title": "x"}),
    (PALABRA.operation("update_live_event"), {"event_id": "1"}),
]
TEXTS = [
    (operation, data, field)
    for operation, data in CASES
    for field in sorted(operation.prose)
]


@pytest.mark.parametrize(
    ("operation", "data", "field"),
    TEXTS,
    ids=[f"{operation.name}-{field}" for operation, _, field in TEXTS],
)
def test_too_long_text_is_cut_between_characters(
    operation: AnyOperation, data: Mapping[str, Any], field: str
) -> None:
    longest = operation.prose[field]
    exact = "x" * longest
    fitting, warnings = operation.shortened({**data, field: f" {exact} "})
    operation.parse(fitting)
    assert warnings == ()

    fitting, warnings = operation.shortened({**data, field: exact + "y"})
    stored = operation.dump(operation.parse(fitting))

    assert stored[field] == "x" * (longest - 1) + "…"
    assert warnings == (f"{field} is too long and was cut to {longest} characters",)


@pytest.mark.parametrize(
    ("operation", "data", "field"),
    TEXTS,
    ids=[f"{operation.name}-{field}" for operation, _, field in TEXTS],
)
@pytest.mark.parametrize("wrong", ["\n", "\r\n", "\t", "\x07", "\u2028", "\ud800"])
def test_invalid_characters_become_spaces(
    operation: AnyOperation, data: Mapping[str, Any], field: str, wrong: str
) -> None:
    """A line break in a title must not prevent an alarm."""
    written = f" Smoke{wrong}in the cellar\n"
    fitting, warnings = operation.shortened({**data, field: written})
    stored = operation.dump(operation.parse(fitting))[field]
    if field in operation.lines and wrong.isspace() and wrong != "\u2028":
        assert stored == written.strip()
        assert warnings == ()
    else:
        assert stored == "Smoke in the cellar"
        assert warnings == (
            f"{field} has line breaks or control characters, sent as spaces",
        )


def test_alarm_of_273_characters_is_complete_in_guance() -> None:
    operation = GUANCE.operation("create_custom_event")
    title = "Freezer in the cellar is too warm: " + "!" * 238
    fitting, warnings = operation.shortened({"status": "critical", "title": title})
    assert len(title) == 273
    assert operation.dump(operation.parse(fitting))["title"] == title
    assert warnings == ()


def test_tag_is_cut_by_bytes() -> None:
    operation = GUANCE.operation("create_custom_event")
    tags = {"floor": 3, "note": "ü" * 600, "short": "x"}
    fitting, warnings = operation.shortened(
        {"status": "ok", "title": "x", "tags": tags}
    )
    read = operation.dump(operation.parse(fitting))["tags"]
    assert read == {"floor": "3", "note": "ü" * 510 + "…", "short": "x"}
    assert warnings == ("tags.note is too long and was cut to 1024 bytes",)


def test_tag_has_one_line() -> None:
    operation = GUANCE.operation("create_custom_event")
    tags = {"where": "cellar\nleft"}
    fitting, warnings = operation.shortened(
        {"status": "ok", "title": "x", "tags": tags}
    )
    read = operation.dump(operation.parse(fitting))["tags"]
    assert read == {"where": "cellar left"}
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("operation", "data", "field"),
    [
        (FRIGATE.operation("create_camera_event"), CAMERA, "label"),
        (FRIGATE.operation("create_camera_event"), CAMERA, "source_type"),
        (FRIGATE.operation("update_camera_event"), {"sub_label": "x"}, "event_id"),
        (PALABRA.operation("update_live_event"), {"event_id": "1"}, "access_code"),
    ],
)
def test_too_long_name_is_refused(
    operation: AnyOperation, data: Mapping[str, Any], field: str
) -> None:
    fitting, warnings = operation.shortened({**data, field: "x" * 6_000})
    with pytest.raises(InvalidField) as raised:
        operation.parse(fitting)
    assert raised.value.field == field
    assert warnings == ()


def test_texts_are_cut_between_characters() -> None:
    assert cut("one two", 5) == "one…"
    assert cut("  one  ", 3) == "one"
    assert cut_to_bytes("ab", 2) == "ab"
    assert cut_to_bytes("€€€", 8) == "€…"
