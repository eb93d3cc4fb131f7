"""Texts by people for people: one that is too long is cut, and says so.

Better a critical alarm with a shorter title than none. What is an identifier, such as
a label, is refused instead: cut, it would be another one.
"""

from collections.abc import Mapping

CUT = "…"
"""The sign at which a text was cut."""


def cut(words: str, longest: int) -> str:
    """Return a text of so many characters at the most, with a sign where it is cut."""
    words = words.strip()
    return words if len(words) <= longest else words[: longest - 1].rstrip() + CUT


def cut_to_bytes(words: str, longest: int) -> str:
    """Return a text of so many bytes in UTF-8 at the most, with a sign if it is cut."""
    words = words.strip()
    if len(words.encode("utf-8", "replace")) <= longest:
        return words
    room = longest - len(CUT.encode())
    return words.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + CUT


def shortened(
    data: Mapping[str, object], prose: Mapping[str, int]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return data whose prose fits, and a warning for each text that was cut.

    `prose` says how many characters each field may have.
    """
    fitting = dict(data)
    warnings: list[str] = []
    for name, longest in prose.items():
        words = data.get(name)
        if isinstance(words, str) and len(words.strip()) > longest:
            fitting[name] = cut(words, longest)
            warnings.append(was_cut(name, f"{longest} characters"))
    return fitting, tuple(warnings)


def was_cut(name: str, room: str) -> str:
    """Return the warning for a text that was cut."""
    return f"{name} is too long and was cut to {room}"
