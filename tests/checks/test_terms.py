"""Checks of the glossary: one term for each thing, as in Home Assistant."""

from collections.abc import Mapping
from functools import cache
import json
import re
from typing import Any

import hass_frontend
import pytest
import yaml  # type: ignore[import-untyped]

from texts.catalogue import FOLDER, languages, messages, read
from texts.sources import PACKAGE

DATA = yaml.safe_load((FOLDER / "terms.yaml").read_text())
TERMS: Mapping[str, Mapping[str, str]] = DATA["terms"]
QUOTES: Mapping[str, tuple[str, str]] = DATA["quotes"]
NEVER: Mapping[str, Mapping[str, str]] = DATA["never"]

FRONTEND = hass_frontend.where() / "static/translations"
NO_WORDS = re.compile(r"\{\w+\}|`[^`]*`|\"\d[^\"]*\"")
"""Placeholders, code, and times in quotes that users must write exactly so."""
MARKS = re.compile(r"[„“”\"]|«\u00a0?|\u00a0?»")
BUTTON = re.compile(r"\bSubmit (to|once|when)\b|or submit to")
STEM = 5
"""Letters of a button's name that a sentence must contain, with any ending."""


@cache
def translations(language: str) -> Mapping[str, str]:
    """Return the translations of a language by their English text.

    A backend that is not translated yet has none.
    """
    found = messages(read(language))
    return {
        str(one.id): str(one.string) for one in found if one.string and not one.fuzzy
    }


@cache
def frontend(language: str) -> Mapping[str, Any]:
    """Return the translations of Home Assistant's own pages."""
    found: dict[str, Any] = {}
    for folder in (FRONTEND, FRONTEND / "config"):
        (path,) = folder.glob(f"{language}-{'[0-9a-f]' * 32}.json")
        found |= json.loads(path.read_text())
    return found


def without(term: str, words: str, texts: Mapping[str, str]) -> list[str]:
    """Return the English texts whose translation lacks the words of a term."""
    return [
        english
        for english, text in texts.items()
        if re.search(term, NO_WORDS.sub("", english), re.IGNORECASE)
        and not re.search(words, text)
    ]


@pytest.mark.parametrize("language", languages())
def test_each_term_has_one_translation_on_every_page(language: str) -> None:
    texts = translations(language)
    found = {term: without(term, of[language], texts) for term, of in TERMS.items()}
    assert {term: lacking for term, lacking in found.items() if lacking} == {}


def test_text_without_its_term_is_found() -> None:
    texts = {"A delivery": "Eine Lieferung", "Two deliveries": "Zwei Zustellungen"}
    assert without("deliver(y|ies)", "Zustellung", texts) == ["A delivery"]
    assert without("connection", "Verbindung", {"{connection} ended": "Beendet"}) == []


@pytest.mark.parametrize("language", languages())
def test_texts_use_the_names_of_actions(language: str) -> None:
    english = json.loads((PACKAGE / "translations/en.json").read_text())
    texts = translations(language)
    named = (action["name"] for action in english["services"].values())
    names = "|".join(name for name in named if name in texts)
    wrong = [
        text
        for text in texts
        for name in re.findall(rf"action [*\"]?({names})\b", text)
        if texts[name] not in texts[text]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["en", *languages()])
def test_kinds_of_triggers_and_conditions_have_home_assistants_names(
    language: str,
) -> None:
    own = frontend(language)
    path = PACKAGE / f"translations/{language}.json"
    ours = json.loads(path.read_text())["common"]
    names = {
        f"{category}_{kind}": own[
            f"ui.panel.config.automation.editor.{category}.type.{kind}.label"
        ]
        for category, kind in (
            key.split("_", 1)
            for key in ours
            if key.startswith(("triggers_", "conditions_"))
        )
    }
    assert len(names) > len(("triggers", "conditions"))
    assert {key: ours[key] for key in names} == names


SAME_NAME = (
    ("card_arrived", "card_confirm_arrived_yes", "mark_delivered"),
    ("card_retry", "card_confirm_retry_yes"),
    ("card_discard", "card_confirm_discard_yes"),
)
"""Texts of the card, and actions, that name the same decision."""


@pytest.mark.parametrize("language", ["en", *languages()])
def test_decision_has_one_name_on_every_page(language: str) -> None:
    texts = json.loads((PACKAGE / f"translations/{language}.json").read_text())
    known = texts["common"] | {
        name: action["name"] for name, action in texts["services"].items()
    }
    assert all(len({known[name] for name in names}) == 1 for names in SAME_NAME)


def unlike(text: str, opening: str, closing: str) -> list[str]:
    """Return a text's quotation marks if any are wrong or unpaired."""
    found = MARKS.findall(NO_WORDS.sub("", text))
    return [] if found == [opening, closing] * (len(found) // 2) else found


@pytest.mark.parametrize("language", languages())
def test_quotation_marks_fit_the_language(language: str) -> None:
    texts = translations(language).values()
    found = {text: unlike(text, *QUOTES[language]) for text in texts}
    assert {text: marks for text, marks in found.items() if marks} == {}


def test_other_quotation_marks_are_found() -> None:
    assert unlike('Unter „Bis“ und „Mehr“, etwa "08:00:00".', "„", "“") == []
    assert unlike('Unter "Bis".', "„", "“") == ['"', '"']
    assert unlike("Unter „Bis.", "„", "“") == ["„"]
    assert unlike("Sous «\u00a0Fin\u00a0».", "«\u00a0", "\u00a0»") == []
    assert unlike("Sous « Fin ».", "«\u00a0", "\u00a0»") == ["«", "»"]


@pytest.mark.parametrize("language", NEVER)
def test_no_text_has_a_forbidden_spelling(language: str) -> None:
    texts = translations(language).values()
    found = {
        text: why
        for never, why in NEVER[language].items()
        for text in texts
        if re.search(never, text)
    }
    assert found == {}


@pytest.mark.parametrize("language", languages())
def test_button_and_page_have_home_assistants_names(language: str) -> None:
    own = frontend(language)
    button = own["ui.panel.config.integrations.config_flow.submit"][:STEM]
    devices = own["ui.panel.config.dashboard.devices.main"]
    texts = translations(language)
    page = "Settings > Devices & services"
    other_page = without(page, re.escape(f"{own['panel.config']} > {devices}"), texts)
    other_button = without(BUTTON.pattern, f"(?i){re.escape(button)}", texts)
    assert other_page + other_button == []
