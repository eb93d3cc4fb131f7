"""Escape texts for Markdown, and list them."""

from collections.abc import Sequence
import re

LISTED = 20
"""Lines of a list that are shown."""

_READ_IN_MARKDOWN = re.compile(
    r"[\\`*~<\[\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not within a word
    r"|&(?=[#a-z])"
    r"|:(?=//)|(?<=www)\.|(?<=\S)@(?=\S)"  # of text that becomes a link by itself
    r"|^[#>+=-]",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def in_markdown(text: str) -> str:
    """Return a text in one line that Markdown shows literally.

    Escapes no more than necessary: Home Assistant shows titles, menus and errors
    unrendered, with the same placeholders as the Markdown beside them.
    """
    return _NUMBERED.sub(
        r"\1\\\2", _READ_IN_MARKDOWN.sub(r"\\\g<0>", " ".join(text.split()))
    )


def in_list(lines: Sequence[str]) -> str:
    """Return lines as a Markdown list: the first ones, and the number of the others."""
    listed = [f"- {line}" for line in lines[:LISTED]]
    if (more := len(lines) - LISTED) > 0:
        listed.append(f"- … (+{more})")
    return "\n".join(listed)


def isolated(text: str) -> str:
    """Return a text isolated from the text direction around it."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
