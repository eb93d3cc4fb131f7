"""Checks that every text is translated, and fits the place of the English one."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
import re

from babel.messages.catalog import Catalog, Message
import pytest
from yaml import ScalarEvent, parse  # type: ignore[import-untyped]

from tests.every_backend import BACKENDS
from texts import blueprints, catalogue
from texts.build import build, own_texts
from texts.catalogue import (
    CONTEXTS,
    kept_in_english,
    languages,
    messages,
    missing,
    path_of,
    read,
    template_of,
    update,
    written,
)
from texts.languages import Language, everything, reported, to_translate

from .files import PACKAGE, read_json
from .test_translations import flaws, placeholders

LONGEST = 1.6
"""Factor by which a text may be longer than in English."""
ROOM = 14
"""Characters by which a short text may be longer."""
BUTTON = 28
"""Characters of a button's name that fit on the page of a device, 1300 pixels wide."""
NAMES = {
    *(forms.backend.title for forms in BACKENDS),
    "Alertmanager",
    "API",
    "ClientID",
    "ClientSecret",
    "Event Relay",
    "Guance / TrueWatch",
    "HTTP API",
    "InfluxDB 2",
    "Loki",
    "PagerDuty",
    "ntfy",
}
"""Names of products, and of things on their own pages."""
TERMS = {
    "Basic",  # an authentication method
    "Digest",  # as above
    "ID",
    "JSON",
    "OK",
    "Webhook",
    "YAML",
}
"""Technical terms that are the same in every language."""
WORD = re.compile(r"[^\W\d_]{2,}")


@cache
def language(name: str) -> Language:
    """Return the built texts of a language."""
    return Language.read(name, build().texts)


@pytest.mark.parametrize("name", languages())
def test_every_text_is_translated(name: str) -> None:
    catalog = language(name).catalog
    assert to_translate(catalog, own_texts()) == []


@pytest.mark.parametrize("name", ["en", *languages()])
def test_buttons_fit_on_the_page_of_a_device(name: str) -> None:
    buttons = read_json(PACKAGE / f"translations/{name}.json")["entity"]["button"]
    too_long = {one["name"] for one in buttons.values() if len(one["name"]) > BUTTON}
    assert not too_long


def test_new_backend_is_in_english_until_its_translation_begins() -> None:
    own = {"jotter": {"Write note", "Address of Jotter"}, "other": {"Sent."}}
    known = {"Sent.": "Gesendet.", "Write note": "", "Address of Jotter": ""}
    assert reported("de", catalogue_of(known), own) == [
        "de: jotter is in English until it is translated"
    ]
    begun = known | {"Write note": "Notiz schreiben"}
    assert reported("de", catalogue_of(begun), own) == [
        "de: to translate in texts/languages/de.po:",
        "  Address of Jotter",
    ]
    complete = begun | {"Address of Jotter": "Adresse von Jotter"}
    assert reported("de", catalogue_of(complete), own) == []


def test_every_backend_has_texts_of_its_own() -> None:
    own = own_texts()
    assert own.keys() == {forms.backend.name for forms in BACKENDS}
    assert all(own.values())


@pytest.mark.parametrize("name", languages())
def test_built_texts_come_from_the_catalogue(name: str) -> None:
    built = language(name).files()
    stale = [str(path) for path, text in built.items() if text != path.read_text()]
    assert stale == [], "run script/build_texts"
    there = {*blueprints.FOLDER.glob(f"{name}/*.yaml")}
    assert there == {path for path in built if path.parent.name == name}


@pytest.mark.parametrize("name", languages())
def test_translated_blueprints_differ_only_in_texts_and_address(name: str) -> None:
    for path in blueprints.paths():
        texts = set(blueprints.texts_of(path).values())
        english = scalars(path.read_text())
        other = scalars((path.parent / name / path.name).read_text())
        pairs = zip(english, other, strict=True)
        changed = {one for one, another in pairs if one != another}
        (address,) = changed - texts
        assert address.replace(path.name, f"{name}/{path.name}") in other


def test_page_links_blueprints_in_every_language() -> None:
    page = blueprints.PAGE.read_text()
    assert blueprints.linked(page, languages()) == page, "run script/build_texts"
    for name in languages():
        assert page.count(f"%2F{name}%2F") == len(blueprints.paths())


def scalars(content: str) -> list[str]:
    """Return every key and value of a YAML file in order."""
    return [
        str(event.value) for event in parse(content) if isinstance(event, ScalarEvent)
    ]


@pytest.mark.parametrize("name", languages())
def test_every_translation_fits(name: str) -> None:
    assert misfits(language(name).catalog) == {}


def misfits(catalog: Catalog) -> dict[str, list[str]]:
    """Return the problems of each translation.

    A fuzzy one is a proposal from a similar text, and is not used.
    """
    kept = kept_in_english(catalog)
    return {
        str(message.id): wrong
        for message in messages(catalog)
        if message.string and not message.fuzzy and (wrong := wrong_with(message, kept))
    }


def test_proposed_translation_is_not_checked() -> None:
    catalog = catalogue_of({"Sent.": "Gesendet und gut angekommen, wie es sein soll"})
    assert misfits(catalog) == {"Sent.": ["too long", "other sign at the end"]}
    catalog["Sent."].flags.add("fuzzy")
    assert misfits(catalog) == {}


def wrong_with(message: Message, kept: frozenset[str] = frozenset()) -> list[str]:
    """Return the problems of a translation."""
    english, text = str(message.id), str(message.string)
    found = flaws(text)
    if placeholders(text) != placeholders(english):
        found.append("other placeholders")
    if text == english and english not in NAMES | TERMS | kept and _words(english):
        found.append("as in English, without a comment that says why")
    if len(text) > LONGEST * len(english) + ROOM:
        found.append("too long")
    if _ending(text) != _ending(english):
        found.append("other sign at the end")
    if re.search(r"'\{", text):
        found.append("straight apostrophe before a placeholder")
    if _layout(text) != _layout(english):
        found.append("other paragraphs or code")
    return found


def _words(text: str) -> list[str]:
    """Return the words of a text, without placeholders."""
    return WORD.findall(re.sub(r"\{\w+\}", "", text))


def _ending(text: str) -> str:
    """Return the final punctuation of a text."""
    last = text.rstrip("»”“\"'*`)")[-1:]
    return last if last in ".:?!…" else ""


def _layout(text: str) -> tuple[int, list[str], bool]:
    """Return the layout of a text: paragraphs, code, the star of a field."""
    code = sorted(re.findall(r"`[^`]+`", text))
    return text.count("\n\n"), code, text.endswith("*") and "**" not in text


@pytest.mark.parametrize(
    ("english", "text", "wrong"),
    [
        ("Sent to {name}.", "An {name} gesendet.", []),
        ("Sent to {name}.", "An {system} gesendet.", ["other placeholders"]),
        ("Sent to {name}.", "Gesendet.", ["other placeholders"]),
        ("Sent.", "Sent.", ["as in English, without a comment that says why"]),
        ("{what}: {reason}", "{what}: {reason}", []),
        ("ntfy", "ntfy", []),
        ("Kept", "Kept", []),
        ("Sent", "Es wurde ordnungsgemäß gesendet", ["too long"]),
        ("Sent.", "Gesendet", ["other sign at the end"]),
        ("At {name}", "All'{name}", ["straight apostrophe before a placeholder"]),
        ("Sent.\n\nOpen it.", "Gesendet. Öffnen.", ["other paragraphs or code"]),
        ("Such as `ring`.", "Etwa `ringen`.", ["other paragraphs or code"]),
        ("Name*", "Bezeichnung", ["other paragraphs or code"]),
        ("Sent", " Gesendet", ["blanks around it, or nothing"]),
    ],
)
def test_problems_are_found(english: str, text: str, wrong: list[str]) -> None:
    assert wrong_with(Message(english, text), frozenset({"Kept"})) == wrong


def catalogue_of(texts: Mapping[str, str]) -> Catalog:
    """Return a catalogue with translations of English texts."""
    catalog = template_of({text: text for text in texts})
    for text, translation in texts.items():
        catalog[text].string = translation
    return catalog


def test_changed_english_text_is_named() -> None:
    catalog = catalogue_of({"Sent to the system.": "Gesendet.", "Kept.": "Behalten."})
    update(catalog, template_of({"a": "Sent to your system.", "b": "Kept."}))
    assert missing(catalog) == ["Sent to your system."]
    assert "Gesendet." in written(catalog, "de")


def test_untranslated_text_keeps_its_comments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = "Sent to the system. " * 9
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalog = catalogue_of({before: "Gesendet."})
    update(catalog, template_of({"a": before.replace("the", "your")}))
    text = written(catalog, "de")
    path_of("de").write_text(text)
    assert "#, fuzzy" in text
    assert written(read("de"), "de") == text


def test_catalogue_survives_a_round_trip() -> None:
    for name in languages():
        assert written(read(name), name) == path_of(name).read_text()


def test_contexts_belong_to_existing_texts() -> None:
    known = everything(build().texts)
    assert known.keys() >= CONTEXTS.keys()
