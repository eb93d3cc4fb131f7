"""Build Home Assistant's files in other languages from their catalogues."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Self

from babel.messages.catalog import Catalog

from . import blueprints, catalogue
from .sources import PACKAGE, Tree


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language: its catalogue, and the English texts by path."""

    name: str
    catalog: Catalog
    texts: Tree
    """In Home Assistant's structure."""

    @classmethod
    def read(cls, name: str, texts: Tree) -> Self:
        """Read the catalogue of a language, and update it to the English texts."""
        catalog = catalogue.read(name)
        catalogue.update(catalog, catalogue.template_of(everything(texts)))
        return cls(name=name, catalog=catalog, texts=texts)

    def files(self) -> dict[Path, str]:
        """Return the content of each file."""
        known = catalogue.translations(self.catalog, everything(self.texts))
        tree = _tree(self.texts, known)
        files = {
            catalogue.path_of(self.name): catalogue.written(self.catalog, self.name),
            PACKAGE / f"translations/{self.name}.json": as_json(tree),
        }
        for path in blueprints.paths():
            content = blueprints.translated(path, self.name, known)
            files[path.parent / self.name / path.name] = content
        return files


def not_begun(catalog: Catalog, own: Mapping[str, Collection[str]]) -> list[str]:
    """Return the backends without any translation yet.

    `own` has, by backend, the English texts that no other part has. A new backend need
    not be translated into six languages at once, but a translation that was begun must
    be complete.
    """
    open_texts = set(catalogue.missing(catalog))
    return [name for name, texts in own.items() if open_texts.issuperset(texts)]


def to_translate(catalog: Catalog, own: Mapping[str, Collection[str]]) -> list[str]:
    """Return the texts that lack a translation, but for backends not begun."""
    later = {text for name in not_begun(catalog, own) for text in own[name]}
    return [text for text in catalogue.missing(catalog) if text not in later]


def reported(
    name: str, catalog: Catalog, own: Mapping[str, Collection[str]]
) -> list[str]:
    """Return lines that say what a language lacks."""
    lacking = to_translate(catalog, own)
    begun = [f"{name}: to translate in texts/languages/{name}.po:"] if lacking else []
    return [
        *begun,
        *(f"  {text}" for text in lacking),
        *(
            f"{name}: {backend} is in English until it is translated"
            for backend in not_begun(catalog, own)
        ),
    ]


def everything(texts: Tree) -> dict[str, str]:
    """Return all English texts by path: of Home Assistant, and of blueprints."""
    found = dict(leaves(texts))
    for path in blueprints.paths():
        found |= blueprints.texts_of(path)
    return found


def leaves(tree: Mapping[str, Any], *path: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a tree with its path."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, *path, key)
        else:
            yield ".".join((*path, key)), value


def as_json(tree: Tree) -> str:
    """Return the content of a translations file."""
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def _tree(texts: Mapping[str, Any], known: Mapping[str, str], *path: str) -> Tree:
    """Return translations in the order of the English texts, without missing ones."""
    found: Tree = {}
    for key, value in texts.items():
        if isinstance(value, Mapping):
            if inner := _tree(value, known, *path, key):
                found[key] = inner
        elif (place := ".".join((*path, key))) in known:
            found[key] = known[place]
    return found
