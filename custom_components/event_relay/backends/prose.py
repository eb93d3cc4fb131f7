"""Texts by people for people: one that does not fit is made to, and says so.

Better a critical alarm with a shorter title than none. What is an identifier, such as
a label, is refused instead: cut, it would be another one.
"""

from collections.abc import Collection, Mapping
import unicodedata

from .warning import OwnWarning

CUT = "…"
"""The sign at which a text was cut."""
LINE_BREAKS = "\n\r\t"
"""What a text of several lines may hold beside characters."""
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control, half of a pair, line and paragraph separator."""


def not_text(words: str, *, allowed: str) -> frozenset[str]:
    """Return the characters of a text that no text may hold, but for those allowed."""
    return frozenset(
        one
        for one in words
        if one not in allowed and unicodedata.category(one) in _NOT_TEXT
    )


def spaced(words: str, *, lines: bool = False) -> str:
    """Return a text with spaces in place of what it may not hold, such as a line break.

    A text of several lines keeps them.
    """
    words = words.strip()
    if not (wrong := not_text(words, allowed=LINE_BREAKS if lines else "")):
        return words
    words = words.translate({ord(one): " " for one in wrong})
    return words if lines else " ".join(words.split())


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
    data: Mapping[str, object],
    prose: Mapping[str, int],
    lines: Collection[str] = (),
) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """Return data whose prose fits, and a warning for each text that was changed.

    Where there is no prose, they are the very same data.

    `prose` says how many characters each field may have, and `lines` which of them may
    have several lines.
    """
    if not prose:
        return data, ()
    fitting = dict(data)
    warnings: list[str] = []
    for name, longest in prose.items():
        words = data.get(name)
        if not isinstance(words, str):
            continue
        mended = spaced(words, lines=name in lines)
        if mended != words.strip():
            fitting[name] = mended
            warnings.append(OwnWarning.SPACED.of(field=name))
        if len(mended) > longest:
            fitting[name] = cut(mended, longest)
            warnings.append(OwnWarning.CUT.of(field=name, maximum=longest))
    return fitting, tuple(warnings)
