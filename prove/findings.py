"""What a proof has found: its steps, and which assumptions hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from .words import SILENCE, Telling, Word


class Verdict(Enum):
    """What was seen of an assumption."""

    HOLDS = auto()
    DIFFERENT = auto()
    UNSEEN = auto()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something that Event Relay assumes, and no live system has shown."""

    name: str
    text: Word
    unseen: Word | None = None
    """Why a proof does not look at it; None where it does."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen of a claim."""

    verdict: Verdict
    told: Telling = SILENCE


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """A step of the proof, and how it went."""

    name: Word
    outcome: Word
    worked: bool
    seconds: float


@dataclass(kw_only=True)
class Findings:
    """All that is found, in the order in which it is found."""

    claims: Sequence[Claim]
    steps: list[StepDone] = field(default_factory=list)
    facts: dict[Word, Telling] = field(default_factory=dict)
    """What the system is, as far as that may be published."""
    _seen: dict[str, Seen] = field(default_factory=dict)

    def see(self, name: str, holds: bool, told: Telling = SILENCE) -> None:  # noqa: FBT001 - reads as a sentence
        """Keep whether a claim holds; once different, it stays different."""
        if name not in {claim.name for claim in self.claims}:
            raise KeyError(name)
        former = self._seen.get(name)
        if former is not None and former.verdict is Verdict.DIFFERENT:
            return
        verdict = Verdict.HOLDS if holds else Verdict.DIFFERENT
        self._seen[name] = Seen(verdict=verdict, told=told)

    def of(self, claim: Claim) -> Seen:
        """Return what was seen of a claim."""
        unseen = Seen(verdict=Verdict.UNSEEN, told=claim.unseen or SILENCE)
        return self._seen.get(claim.name, unseen)

    @property
    def as_assumed(self) -> bool:
        """Whether every step worked and nothing is different."""
        return all(step.worked for step in self.steps) and not any(
            self.of(claim).verdict is Verdict.DIFFERENT for claim in self.claims
        )
