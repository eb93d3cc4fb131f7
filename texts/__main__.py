"""Rebuild Home Assistant's texts, icons and action descriptions, in all languages.

An argument is a new language, such as `pt`: its catalogue is created.
"""

import sys

from . import blueprints
from .build import build, own_texts
from .catalogue import languages
from .languages import Language, reported

built = build()
files = built.files()
own = own_texts()
names = sorted({*languages(), *sys.argv[1:]})
files[blueprints.PAGE] = blueprints.linked(blueprints.PAGE.read_text(), names)
for code in names:
    language = Language.read(code, built.texts)
    files |= language.files()
    for line in reported(code, language.catalog, own):
        sys.stderr.write(f"{line}\n")
for path, content in files.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
