"""Tests that every form of a request has its texts."""

from custom_components.event_relay.backends.http import request_forms
from custom_components.event_relay.backends.http.presets import PRESETS
from tests.checks.test_translations import parts_of, section


def test_texts_of_requests() -> None:
    texts = section("config_subentries", "request")
    assert set(texts["error"]) == {"refused"}
    forms = {
        "paste": request_forms.PASTE,
        "advanced": request_forms.ADVANCED,
        "reconfigure": request_forms.ADVANCED,
        **{
            f"preset_{preset.name}": request_forms.preset_schema(preset)
            for preset in PRESETS
        },
    }
    assert set(texts["step"]) == {"user", *forms}
    assert set(section("selector", "http_request", "options")) == set(forms) - {
        "reconfigure"
    }
    for name, schema in forms.items():
        step = texts["step"][name]
        fields, sections = parts_of(schema)
        assert step["title"]
        assert step["description"]
        assert set(step["data"]) == set(step["data_description"]) == fields
        assert set(step.get("sections", ())) == set(sections)
        for inner, asked in sections.items():
            told = step["sections"][inner]
            assert told["name"]
            assert told["description"]
            assert set(told["data"]) == set(told["data_description"]) == asked
