"""Cut texts that people write for people to fit, and warn about it.

A critical alarm with a shorter title is better than none. An identifier, such as a
label, is refused instead: cut, it would be another one.
"""

from collections.abc import Collection, Mapping
import unicodedata

from .own_sentences import OwnWarning

CUT = "…"
"""The sign at which a text was cut."""
LINE_BREAKS = "\n\r\t"
"""Control characters allowed in a text of several lines."""
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control, half of a pair, line and paragraph separator."""


def not_text(words: str, *, allowed: str) -> frozenset[str]:
    """Return the forbidden characters in a text."""
    return frozenset(
        one
        for one in words
        if one not in allowed and unicodedata.category(one) in _NOT_TEXT
    )


def spaced(words: str, *, lines: bool = False) -> str:
    """Return a text with forbidden characters, such as line breaks, made spaces.

    A text of several lines keeps its line breaks.
    """
    words = words.strip()
    if not (wrong := not_text(words, allowed=LINE_BREAKS if lines else "")):
        return words
    words = words.translate({ord(one): " " for one in wrong})
    return words if lines else " ".join(words.split())


def cut(words: str, longest: int) -> str:
    """Return a text cut to a number of characters, with a sign at the cut."""
    words = words.strip()
    return words if len(words) <= longest else words[: longest - 1].rstrip() + CUT


def cut_to_bytes(words: str, longest: int) -> str:
    """Return a text cut to a number of bytes in UTF-8, with a sign at the cut."""
    words = words.strip()
    if len(words.encode("utf-8", "replace")) <= longest:
        return words
    left = longest - len(CUT.encode())
    return words.encode("utf-8", "replace")[:left].decode("utf-8", "ignore") + CUT


def shortened(
    data: Mapping[str, object],
    prose: Mapping[str, int],
    lines: Collection[str] = (),
) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """Return data whose prose fits, and a warning for each text that was changed.

    Without prose it is the same object.

    `prose` is the most characters by field, and `lines` are the fields that may have
    several lines.
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
