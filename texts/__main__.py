"""Write what Home Assistant reads of texts, icons and actions anew."""

from .build import build

for path, content in build().files().items():
    path.write_text(content)
