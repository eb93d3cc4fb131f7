"""Checks that the generated texts match their sources."""

from itertools import chain
from pathlib import Path
import re
from typing import override

import pytest

from custom_components.event_relay.backends.base import Operation
from custom_components.event_relay.backends.field_table import choice_field
from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.backends.input_forms import sections_of
from custom_components.event_relay.options import options_schema
from tests.every_backend import BACKENDS
from texts.actions import described
from texts.build import build, folder_of
from texts.sources import PACKAGE, Tree, TwiceSaid, deep_over, merge, over, read_source

BUILT = build().files()
ENGLISH = (PACKAGE / "translations/en.json").read_text()


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_generated_files_match_their_sources(path: Path) -> None:
    assert path.read_text() == BUILT[path], "run script/build_texts"


@pytest.mark.parametrize("forms", BACKENDS, ids=lambda forms: forms.backend.name)
def test_every_backend_has_its_texts_in_its_folder(forms: BackendForms) -> None:
    source = read_source(folder_of(forms))
    assert source["menu"]
    assert source["connection"]["fields"]
    assert set(source["actions"]) <= {*forms.action_fields, *forms.queries}
    assert unused(forms, source) == []


def unused(forms: BackendForms, source: Tree) -> list[str]:
    """Return the fields of a source that no form has."""
    schema = forms.connection
    asked = {*map(str, schema.schema), *chain(*sections_of(schema).values())}
    own = {"connection": asked, "options": {*map(str, options_schema(forms).schema)}}
    found = [
        f"{part}.fields.{name}"
        for part, known in own.items()
        for name in source.get(part, {}).get("fields", {})
        if name not in known
    ]
    usual = read_source(PACKAGE)["each_action"]["fields"]
    for operation in forms.backend.operations:
        said = source["actions"].get(operation.name, {})
        known = {*usual, *(one.name for one in operation.asked())}
        found += [
            f"actions.{operation.name}.fields.{name}"
            for name in said.get("fields", {})
            if name not in known
        ]
    return found


def test_text_without_a_field_is_found() -> None:
    forms, *_ = BACKENDS
    name = forms.backend.operations[0].name
    source: Tree = {
        "connection": {"fields": {"nothing": {}}},
        "actions": {name: {"fields": {"nothing": {}}}},
    }
    wanted = ["connection.fields.nothing", f"actions.{name}.fields.nothing"]
    assert unused(forms, source) == wanted


class Choosing(Operation[None, None, None]):
    """An operation with advanced fields only."""

    name = "choose"
    fields = (
        choice_field("plain", ("a",), seldom=True),
        choice_field("named", ("a",), translation_key="letters", seldom=True),
    )

    @override
    def summary(self, payload: None) -> str:
        raise NotImplementedError


def test_translated_choice_is_where_home_assistant_finds_it() -> None:
    fields = described(Choosing())["fields"]
    assert [*fields] == ["named", "config_entry_id", "more"]
    assert [*fields["more"]["fields"]] == ["plain", "wait"]


def test_shared_texts_name_no_backend() -> None:
    titles = [word for forms in BACKENDS for word in names_of(forms)]
    shared = (PACKAGE / "texts.yaml").read_text().casefold()
    assert [name for name in titles if re.search(rf"\b{name}\b", shared)] == []


def names_of(forms: BackendForms) -> list[str]:
    """Return the name of a backend."""
    label = read_source(folder_of(forms)).get("name", forms.backend.title)
    return [word for word in re.findall(r"\w{5,}", label.casefold()) if word != "https"]


def test_no_text_is_duplicated() -> None:
    tree = {"config": {"error": {"timeout": "No answer."}}}
    merge(tree, {"config": {"error": {"tls": "No TLS."}}})
    assert set(tree["config"]["error"]) == {"timeout", "tls"}
    with pytest.raises(TwiceSaid, match=r"^config\.error\.tls$"):
        merge(tree, {"config": {"error": {"tls": "Another."}}})
    with pytest.raises(TwiceSaid, match=r"^config\.error$"):
        merge(tree, {"config": {"error": "none"}})


def test_source_may_override_a_usual_text() -> None:
    usual = {"until": {"name": "Until", "data": {"triggers": "Ends when"}}}
    own = {"until": {"data": {"triggers": "Sent when"}}}
    assert deep_over(usual, own) == {
        "until": {"name": "Until", "data": {"triggers": "Sent when"}}
    }


def test_source_may_remove_a_usual_text() -> None:
    assert over({"title": "A", "description": "B"}, {"description": None}) == {
        "title": "A"
    }


_COUNTED = re.compile(r"\{count\} [a-z]+")
_NEVER_OF_ONE = {"{count} attempts"}
"""Texts of the card for two and more."""


def test_no_text_needs_a_plural() -> None:
    """Texts have no plural forms, so a number follows the noun."""
    found = _COUNTED.findall(ENGLISH)
    assert {*found} == _NEVER_OF_ONE


def test_no_sensor_has_a_unit_with_a_plural() -> None:
    """The name of a sensor says what it counts; a unit would be wrong for one."""
    assert '"unit_of_measurement"' not in ENGLISH
