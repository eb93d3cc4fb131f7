"""Rebuild Home Assistant's texts, icons and action descriptions, in all languages.

An argument is a new language, such as `pt`: its catalogue is created.
"""

import sys

from . import blueprints
from .build import build, own_texts
from .catalogue import languages, missing
from .languages import Language, waiting

built = build()
files = built.files()
own = own_texts()
names = sorted({*languages(), *sys.argv[1:]})
files[blueprints.PAGE] = blueprints.linked(blueprints.PAGE.read_text(), names)
for code in names:
    language = Language.read(code, built.texts)
    files |= language.files()
    later = waiting(language.catalog, own)
    if lacking := [text for text in missing(language.catalog) if text not in later]:
        sys.stderr.write(f"{code}: to translate in texts/languages/{code}.po:\n")
        sys.stderr.writelines(f"  {text}\n" for text in lacking)
    for backend in (name for name, texts in own.items() if later.issuperset(texts)):
        sys.stderr.write(f"{code}: {backend} is in English until it is translated\n")
for path, content in files.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
