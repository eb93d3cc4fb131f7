"""What Home Assistant reads is what the sources say, and each says its own only."""

from pathlib import Path
import re

import pytest

from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.registry import BACKENDS
from texts.build import build, folder_of
from texts.sources import PACKAGE, TwiceSaid, deep_over, merge, over, read_source

BUILT = build().files()


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_files_are_what_their_sources_say(path: Path) -> None:
    assert path.read_text() == BUILT[path], "run script/build_texts"


@pytest.mark.parametrize("forms", BACKENDS, ids=lambda forms: forms.backend.name)
def test_every_backend_has_its_texts_in_its_folder(forms: BackendForms) -> None:
    source = read_source(folder_of(forms))
    assert source["menu"]
    assert source["connection"]["fields"]
    assert set(source["actions"]) <= {*forms.action_fields, *forms.queries}


def test_what_all_share_names_no_backend() -> None:
    titles = [word for forms in BACKENDS for word in names_of(forms)]
    shared = (PACKAGE / "texts.yaml").read_text().casefold()
    assert [name for name in titles if re.search(rf"\b{name}\b", shared)] == []


def names_of(forms: BackendForms) -> list[str]:
    """Return what people call a backend."""
    label = read_source(folder_of(forms)).get("name", forms.backend.title)
    return [word for word in re.findall(r"\w{5,}", label.casefold()) if word != "https"]


def test_nothing_is_said_twice() -> None:
    tree = {"config": {"error": {"timeout": "No answer."}}}
    merge(tree, {"config": {"error": {"tls": "No TLS."}}})
    assert set(tree["config"]["error"]) == {"timeout", "tls"}
    with pytest.raises(TwiceSaid, match=r"^config\.error\.tls$"):
        merge(tree, {"config": {"error": {"tls": "Another."}}})
    with pytest.raises(TwiceSaid, match=r"^config\.error$"):
        merge(tree, {"config": {"error": "none"}})


def test_a_source_may_say_a_part_of_what_is_usual_in_its_own_words() -> None:
    usual = {"until": {"name": "Until", "data": {"triggers": "Ends when"}}}
    own = {"until": {"data": {"triggers": "Sent when"}}}
    assert deep_over(usual, own) == {
        "until": {"name": "Until", "data": {"triggers": "Sent when"}}
    }


def test_a_source_may_take_away_what_is_usual() -> None:
    assert over({"title": "A", "description": "B"}, {"description": None}) == {
        "title": "A"
    }
