"""The findings of a proof: its steps, and the assumptions that hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from .report_text import SILENCE, Telling, Word


class Verdict(Enum):
    """The result for an assumption."""

    HOLDS = auto()
    DIFFERENT = auto()
    UNSEEN = auto()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An assumption of Event Relay that no live system has confirmed."""

    name: str
    text: Word
    unseen: Word | None = None
    """Why a proof does not check it; None if it does."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The observations about a claim."""

    verdict: Verdict
    told: Telling = SILENCE


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """A step of the proof, and its result."""

    name: Word
    outcome: Word
    worked: bool
    seconds: float


@dataclass(kw_only=True)
class Findings:
    """All findings, in order."""

    claims: Sequence[Claim]
    steps: list[StepDone] = field(default_factory=list)
    facts: dict[Word, Telling] = field(default_factory=dict)
    """Publishable facts about the system."""
    _seen: dict[str, Seen] = field(default_factory=dict)

    def see(self, name: str, holds: bool, told: Telling = SILENCE) -> None:  # noqa: FBT001 - reads as a sentence
        """Record whether a claim holds; one different observation is final."""
        if name not in {claim.name for claim in self.claims}:
            raise KeyError(name)
        former = self._seen.get(name)
        if former is not None and former.verdict is Verdict.DIFFERENT:
            return
        verdict = Verdict.HOLDS if holds else Verdict.DIFFERENT
        self._seen[name] = Seen(verdict=verdict, told=told)

    def of(self, claim: Claim) -> Seen:
        """Return the observations about a claim."""
        unseen = Seen(verdict=Verdict.UNSEEN, told=claim.unseen or SILENCE)
        return self._seen.get(claim.name, unseen)

    @property
    def as_assumed(self) -> bool:
        """Return whether every step worked and every claim holds."""
        return all(step.worked for step in self.steps) and not any(
            self.of(claim).verdict is Verdict.DIFFERENT for claim in self.claims
        )
