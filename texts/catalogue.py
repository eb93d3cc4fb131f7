"""The catalogue of a language: the translations of its English texts.

A catalogue is a gettext PO file, in which an English text appears once, however often
it is used. If one English text needs two translations, a context distinguishes them.
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
    "common.card_state_paused": "state of a delivery",
    "common.card_state_sending": "state of a delivery",
    "entity.button.retry_failed.name": "button with little room",
    "selector.delivery_state.options.sending": "state of a delivery",
}
"""The contexts of equal English texts, by path."""
PLACES = 3
"""Most paths that a catalogue lists for one text."""
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
    """Return an untranslated catalogue of English texts by path."""
    places: dict[tuple[str, str | None], list[str]] = {}
    for path, text in texts.items():
        places.setdefault((text, CONTEXTS.get(path)), []).append(path)
    template = Catalog()
    for (text, context), paths in places.items():
        shown = [(path, 0) for path in paths[:PLACES]]
        template.add(text, context=context, locations=shown)
    return template


def read(language: str) -> Catalog:
    """Return the catalogue of a language; an empty one without a file."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    for message in messages(catalog):
        # Babel takes the former English text for a comment of the translator.
        message.user_comments = [
            line for line in message.user_comments if not line.startswith("|")
        ]
    return catalog


def update(catalog: Catalog, template: Catalog) -> None:
    """Update a catalogue to the current English texts.

    A new text gets the translation of the most similar former text, marked as fuzzy; a
    text that no longer exists is removed.
    """
    catalog.update(template, keep_user_comments=True)
    catalog.obsolete.clear()


def written(catalog: Catalog, language: str) -> str:
    """Return a catalogue as PO, without former English texts.

    Babel 2.19 cannot read them in the form in which it writes them.
    """
    file = BytesIO()
    write_po(file, catalog, omit_header=True, include_lineno=False)
    return HEADER.format(language=language) + file.getvalue().decode().strip() + "\n"


def messages(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages to translate."""
    return (message for message in catalog if message.id)


def missing(catalog: Catalog) -> list[str]:
    """Return the English texts without a translation, or with a fuzzy one."""
    return [
        str(message.id)
        for message in messages(catalog)
        if message.fuzzy or not message.string
    ]


def kept_in_english(catalog: Catalog) -> frozenset[str]:
    """Return the texts that stay English, as a translator's comment explains."""
    return frozenset(
        str(message.id)
        for message in messages(catalog)
        if message.user_comments and message.string == message.id
    )


def translations(catalog: Catalog, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the translated texts among English texts by path."""
    return dict(_translated(catalog, texts.items()))


def _translated(
    catalog: Catalog, texts: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    for path, text in texts:
        message = catalog.get(text, CONTEXTS.get(path))
        if message is not None and message.string and not message.fuzzy:
            yield path, str(message.string)
