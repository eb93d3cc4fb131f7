"""Write what Home Assistant reads of texts, icons and actions anew, in all languages.

An argument is a language to begin, such as `pt`: its catalogue is made.
"""

import sys

from . import blueprints
from .build import build
from .catalogue import languages, missing
from .languages import Language

built = build()
files = built.files()
names = sorted({*languages(), *sys.argv[1:]})
files[blueprints.PAGE] = blueprints.linked(blueprints.PAGE.read_text(), names)
for name in names:
    language = Language.read(name, built.texts)
    files |= language.files()
    if lacking := missing(language.catalog):
        sys.stderr.write(f"{name}: to translate in texts/languages/{name}.po:\n")
        sys.stderr.writelines(f"  {text}\n" for text in lacking)
for path, content in files.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
