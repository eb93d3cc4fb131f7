"""Damage to the queue's file, and how its user was notified."""

from collections.abc import Collection, Sequence
from pathlib import Path
import random

from tools.demo.api import member
from tools.demo.websocket import WebSocket
from tools.simulators.wire import Json

from .flips import Flip, flip
from .ledger import Offence, Row

_EVERY, _FIRST = 5, 2
"""Every how many kills a bit is flipped, and after which kill first; the first flip is
in the log."""
_LOSSES = frozenset({"outbox_set_aside", "outbox_log_damaged", "outbox_log_missing"})
"""Repairs that say that an accepted delivery may be lost."""


class Damage:
    """Flips bits, collects the notifications, and explains losses with them."""

    def __init__(self, file: Path, chance: random.Random) -> None:
        """Take the queue's file, which need not exist yet."""
        self.flips: list[Flip] = []
        self._file = file
        self._chance = chance
        self._kills = 0
        self._heard: dict[str, Flip] = {}
        """Repairs by id, each with the flip before it."""

    @property
    def hit(self) -> frozenset[str]:
        """Return the ids of the deliveries whose own rows were changed."""
        return frozenset().union(*(made.deliveries for made in self.flips))

    def after_kill(self) -> None:
        """Flip a bit after some kills; blocks."""
        self._kills += 1
        if self._kills % _EVERY != _FIRST:
            return
        in_log = len(self.flips) % 2 == 0
        if (made := flip(self._file, self._chance, log=in_log)) is not None:
            self.flips.append(made)

    async def listen(self, socket: WebSocket) -> None:
        """Collect the current notifications."""
        if self.flips:
            for issue in await _issues(socket):
                self._heard.setdefault(member(issue, "issue_id", str), self.flips[-1])

    async def hear_the_end(self, socket: WebSocket) -> None:
        """Collect the notifications at the end, without those withdrawn by then."""
        await self.listen(socket)
        for issue in await _issues(socket):
            if made := self._heard.get(member(issue, "issue_id", str)):
                made.told.append(member(issue, "translation_key", str))

    def explain(self, row: Row, marks: Collection[str]) -> None:
        """Excuse a row's offences that were reported, or that a changed row explains.

        `marks` are those of the changed rows now.
        """
        offences, row.offences = row.offences, []
        for one in offences:
            explained = (
                one.delivery_id in self.hit
                or one.thing.mark in marks
                or self._has_changed_note(row)
                or self._was_reported(one)
            )
            (row.told if explained else row.offences).append(one)

    def _has_changed_note(self, row: Row) -> bool:
        """Return whether a note of a rule or mirror was changed."""
        return bool(row.subentry_id) and any(
            row.subentry_id in note for made in self.flips for note in made.notes
        )

    def _was_reported(self, offence: Offence) -> bool:
        """Return whether the user was notified of a possible loss."""
        return not offence.known and any(
            _LOSSES.intersection(made.told)
            and (offence.at is None or offence.at <= made.at)
            for made in self.flips
        )


async def _issues(socket: WebSocket) -> Sequence[Json]:
    """Return the repairs about the queue's file."""
    listed = await socket.command("repairs/list_issues")
    return [
        issue
        for issue in member(listed, "issues", list)
        if member(issue, "domain", str) == "event_relay"
        and member(issue, "issue_id", str).startswith("outbox_")
    ]
