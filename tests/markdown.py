"""Read Markdown as displayed."""

import re


def read(text: str) -> str:
    """Return the visible text, if its only markup is escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
