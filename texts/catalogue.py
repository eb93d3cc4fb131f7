"""The catalogue of a language: which English text is which text of that language.

A catalogue is a PO file of gettext, and an English text stands in it once, however
often it is used. Where one English text needs two translations, a context tells them
apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from .sources import ROOT

FOLDER = ROOT / "texts/languages"
CONTEXTS: Mapping[str, str] = {
    "selector.http_authentication.options.none": "no authentication",
    "selector.http_body_kind.options.none": "no body",
    "common.card_state_sending": "state of a delivery",
    "selector.delivery_state.options.sending": "state of a delivery",
}
"""What tells apart texts that are the same in English, by their paths."""
PLACES = 3
"""Paths that a catalogue names of one text."""
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Event Relay\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def languages() -> list[str]:
    """Return the languages that have a catalogue, such as `de`."""
    return sorted(path.stem for path in FOLDER.glob("*.po"))


def path_of(language: str) -> Path:
    """Return the file of a catalogue."""
    return FOLDER / f"{language}.po"


def template_of(texts: Mapping[str, str]) -> Catalog:
    """Return a catalogue without translations, of English texts by their paths."""
    places: dict[tuple[str, str | None], list[str]] = {}
    for path, text in texts.items():
        places.setdefault((text, CONTEXTS.get(path)), []).append(path)
    template = Catalog()
    for (text, context), paths in places.items():
        shown = [(path, 0) for path in paths[:PLACES]]
        template.add(text, context=context, locations=shown)
    return template


def read(language: str) -> Catalog:
    """Return the catalogue of a language; an empty one where there is no file."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    for message in messages(catalog):
        # Babel takes the English text of before for a comment of the translator.
        message.user_comments = [
            line for line in message.user_comments if not line.startswith("|")
        ]
    return catalog


def update(catalog: Catalog, template: Catalog) -> None:
    """Bring a catalogue to the English texts that there are.

    What is new is like the most similar text of before, and marked as fuzzy; what is
    no longer there goes.
    """
    catalog.update(template, keep_user_comments=True)
    catalog.obsolete.clear()


def written(catalog: Catalog, language: str) -> str:
    """Return a catalogue as PO, without former English texts.

    Babel 2.19 does not read those as it has written them.
    """
    file = BytesIO()
    write_po(file, catalog, omit_header=True, include_lineno=False)
    return HEADER.format(language=language) + file.getvalue().decode().strip() + "\n"


def messages(catalog: Catalog) -> Iterator[Message]:
    """Yield what there is to translate."""
    return (message for message in catalog if message.id)


def missing(catalog: Catalog) -> list[str]:
    """Return the English texts that have no translation, or one that may be wrong."""
    return [
        str(message.id)
        for message in messages(catalog)
        if message.fuzzy or not message.string
    ]


def kept_in_english(catalog: Catalog) -> frozenset[str]:
    """Return the texts of which a comment of the translator says why they stay so."""
    return frozenset(
        str(message.id)
        for message in messages(catalog)
        if message.user_comments and message.string == message.id
    )


def translations(catalog: Catalog, texts: Mapping[str, str]) -> dict[str, str]:
    """Return those of English texts by their paths that have a translation."""
    return dict(_translated(catalog, texts.items()))


def _translated(
    catalog: Catalog, texts: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    for path, text in texts:
        message = catalog.get(text, CONTEXTS.get(path))
        if message is not None and message.string and not message.fuzzy:
            yield path, str(message.string)
