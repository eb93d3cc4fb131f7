"""Submit the deliveries that create, change and delete a mirror's live events."""

from dataclasses import replace
from typing import Any

from ....queue.store.rule_state import Note, Notes
from ....rules.mirrors.mirror import Mirror, never_was, outcome_unknown
from ...base import InvalidField, Json
from .calendar_bindings import Binding, notes_of
from .calendar_plan import Change, Create, Delete, Seen, Update

CREATE = "create_live_event"
UPDATE = "update_live_event"
DELETE = "delete_live_event"

_CLEARED = ("access_code", "target_languages", "description", "location")
"""Fields that an event may lose."""


class CalendarChanges:
    """Submits changes, each together with the new binding of its event."""

    def __init__(self, mirror: Mirror) -> None:
        """Take the mirror whose changes these are."""
        self._mirror = mirror
        self.refused: dict[str, str] = {}
        """Reasons of refused events by key, as far as known since the start."""

    async def carry_out(self, change: Change) -> None:
        """Submit a change; a refused one is reported, and retried when it changes."""
        match change:
            case Create(seen=seen, version=version):
                await self._create(seen, version)
            case Update():
                await self._update(change)
            case Delete():
                await self._delete(change)

    async def _create(
        self, seen: Seen, version: int, notes: Notes | None = None
    ) -> None:
        """Create a live event."""
        delivery_id = self._mirror.delivery_id(seen.key, version)
        binding = _binding(seen, version)
        others = dict(notes or {})
        try:
            await self._mirror.submit(
                CREATE,
                _data(seen),
                delivery_id=delivery_id,
                notes=others
                | notes_of({seen.key: replace(binding, made_by=delivery_id)}),
            )
            self.refused.pop(seen.key, None)
        except InvalidField as error:
            self._refuse(seen, error)
            await self._mirror.remember(others | notes_of({seen.key: binding}))

    async def _update(self, change: Update) -> None:
        """Change a live event, or create it if its creation has failed."""
        seen, former = change.seen, change.binding
        moved: dict[str, Note | None] = {}
        if change.key != seen.key:
            moved = notes_of({change.key: former.ended()})
        if former.made_by is not None:
            made_by = await self._mirror.rule_context.store.get(former.made_by)
            if outcome_unknown(made_by):
                return  # the user is asked to decide about the unknown outcome
            if never_was(made_by):
                await self._create(seen, change.version, moved)
                return
        binding = replace(
            _binding(seen, change.version),
            made_by=former.made_by,
            event_id=former.event_id,
        )
        cleared: dict[str, Json] = {
            name: [] if name == "target_languages" else ""
            for name in former.said
            if name not in seen.content
        }
        notes = moved | notes_of({seen.key: binding})
        try:
            await self._mirror.submit(
                UPDATE,
                {**cleared, **_data(seen), **former.target},
                delivery_id=self._mirror.delivery_id(seen.key, change.version),
                notes=notes,
            )
            self.refused.pop(seen.key, None)
        except InvalidField as error:
            self._refuse(seen, error)
            await self._mirror.remember(notes)

    def _refuse(self, seen: Seen, error: InvalidField) -> None:
        """Report that an event cannot be created or changed, and keep the reason."""
        self.refused[seen.key] = self._mirror.refuse(error, str(seen.content["title"]))

    async def _delete(self, change: Delete) -> None:
        """Remove a live event, or discard its creation if that was not tried yet."""
        binding = change.binding
        version = binding.version + 1
        notes = notes_of({change.key: replace(binding.ended(), version=version)})
        if binding.made_by is not None:
            made_by = await self._mirror.rule_context.store.get(binding.made_by)
            if outcome_unknown(made_by):
                return
            if (
                made_by is None
                or never_was(made_by)
                or await self._mirror.give_up(made_by)
            ):
                await self._mirror.remember(notes)
                return
        await self._mirror.submit(
            DELETE,
            binding.target,
            delivery_id=self._mirror.delivery_id(change.key, version),
            notes=notes,
        )


def _binding(seen: Seen, version: int) -> Binding:
    """Return the binding of an event that has no live event yet."""
    return Binding(
        group=seen.group,
        version=version,
        start=seen.start,
        end=seen.end,
        digest=seen.digest,
        said=tuple(name for name in _CLEARED if name in seen.content),
    )


def _data(seen: Seen) -> dict[str, Any]:
    """Return an event in the operations' format."""
    return {**seen.content, "start": seen.start, "end": seen.end}
