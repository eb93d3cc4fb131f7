"""What people read in a text that was written for Markdown."""

import re


def read(text: str) -> str:
    """Return a text as it is shown, if there is no markup in it but escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
