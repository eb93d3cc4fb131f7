"""The report: Markdown that may be pasted into a public issue unchanged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
import re

from .findings import Findings, Verdict
from .outcome import SENTENCES, Exit
from .report_text import ANOTHER, Telling, Word, chosen, joined
from .system import Left
from .wire import Exchange

_MEDIA_TYPES = ("application/json", "text/html", "text/plain", "text/csv")
_VERDICTS = {
    Verdict.HOLDS: Word("as assumed"),
    Verdict.DIFFERENT: Word("**different**"),
    Verdict.UNSEEN: Word("not seen"),
}
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The content of a report."""

    system: Word
    product: Word
    """The version of Event Relay."""
    day: date
    ended: Exit
    error: Word | None
    """The code of the error that stopped it."""
    reason: str
    """The system's own reason; it is not in the report."""
    findings: Findings
    left: Left
    removed: int
    routes: Mapping[Word, str]
    exchanges: list[Exchange]


def markdown(proof: Proof) -> str:
    """Return the report."""
    return "\n".join(_lines(proof)) + "\n"


def _lines(proof: Proof) -> Iterator[str]:
    yield f"### Event Relay {proof.product} and {proof.system}, {proof.day.isoformat()}"
    yield ""
    stopped = f" It stopped with `{proof.error}`." if proof.error else ""
    yield f"{SENTENCES[proof.ended]}{stopped} (Exit code {proof.ended.value}.)"
    yield from _table(("Seen", ""), proof.findings.facts.items())
    yield from _table(
        ("Step", "Outcome", "Seconds"),
        ((one.name, one.outcome, one.seconds) for one in proof.findings.steps),
    )
    yield from _table(("Assumption", "Verdict", "Seen"), _claims(proof.findings))
    yield from _table(
        ("Request", "Answer", "Media type", "Times", "Slowest, seconds"),
        _exchanges(proof),
    )
    yield ""
    yield " ".join(left_words(proof.left, proof.removed))


def _claims(findings: Findings) -> Iterator[tuple[Telling, ...]]:
    for claim in findings.claims:
        seen = findings.of(claim)
        yield claim.text, _VERDICTS[seen.verdict], seen.told


def _exchanges(proof: Proof) -> Iterator[tuple[Telling, ...]]:
    """Count the exchanges by request and response."""
    counted: Counter[tuple[Word, Word, Word]] = Counter()
    slowest: dict[tuple[Word, Word, Word], float] = {}
    for one in proof.exchanges:
        method = chosen(one.method, _METHODS)
        asked = joined(method, _route(one, proof.routes))
        answer = Word("none") if one.status is None else joined(one.status)
        if one.lost:
            answer = joined(answer, Word("(lost on purpose)"))
        key = (asked, answer, chosen(one.media_type or None, _MEDIA_TYPES))
        counted[key] += 1
        slowest[key] = max(slowest.get(key, 0.0), one.seconds)
    for key, times in counted.items():
        yield *key, times, slowest[key]


def _route(exchange: Exchange, routes: Mapping[Word, str]) -> Word:
    for name, pattern in routes.items():
        if re.search(pattern, exchange.path):
            return name
    return ANOTHER


def left_words(left: Left, removed: int) -> Iterator[str]:
    """Describe the remaining test objects, in sentences."""
    yield f"Test objects removed: {removed}."
    if left.remaining:
        yield f"Test objects that could not be removed: {left.remaining}."
    if left.unknown:
        yield "Whether test objects are left could not be found out."
    if left.lasting:
        yield f"Test objects that cannot be removed, and stay: {left.lasting}."


def _table(head: tuple[str, ...], rows: Iterable[tuple[Telling, ...]]) -> Iterator[str]:
    """Return a table; empty without rows."""
    listed = list(rows)
    if not listed:
        return
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in listed:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(told: Telling) -> str:
    if isinstance(told, float):
        return f"{told:.1f}"
    return str(told)
