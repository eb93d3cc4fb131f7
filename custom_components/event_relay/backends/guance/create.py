"""The operation that makes a custom event."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import override

from ..base import (
    Absent,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    StepContext,
    Unclear,
)
from ..errors import InvalidResponse, OutcomeUnknown, PermissionDenied, Rejected
from .breaking import MOST
from .client import GuanceClient
from .create_payload import CreateCustomEvent
from .fields import CUSTOM_EVENT, tags_that_fit
from .look_ups import OWN_TAG, askable
from .models import GuanceCapabilities

LATEST = timedelta(days=1)
"""How far ahead an event may be dated; what the service takes is not known."""

QUERY_RIGHT = "event data query"
"""The right that look-ups need, as the console calls it; all default roles have it
(vendor documentation)."""


class CreateCustomEventOperation(
    Operation[GuanceClient, CreateCustomEvent, GuanceCapabilities]
):
    """Make a custom event."""

    name = "create_custom_event"
    step = "create"
    fields = CUSTOM_EVENT
    payload = CreateCustomEvent

    @override
    def shortened(
        self, data: Mapping[str, object]
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """Return canonical values whose prose and tags fit, and what was cut."""
        fitting, warnings = super().shortened(data)
        if "tags" not in fitting:
            return fitting, warnings
        tags, cut_tags = tags_that_fit(fitting["tags"], "tags")
        return {**fitting, "tags": tags}, (*warnings, *cut_tags)

    @override
    def check(
        self,
        payload: CreateCustomEvent,
        capabilities: GuanceCapabilities,
        now: datetime,
    ) -> None:
        """Refuse a date that is ahead, or before all that the workspace keeps."""
        if payload.occurred_at is None:
            return
        earliest, latest = now - capabilities.retention, now + LATEST
        if payload.occurred_at <= earliest:
            raise InvalidField("occurred_at", "too_early", limit=_shown(earliest))
        if payload.occurred_at > latest:
            raise InvalidField("occurred_at", "too_late", limit=_shown(latest))

    @override
    async def run(
        self, client: GuanceClient, payload: CreateCustomEvent, context: StepContext
    ) -> JsonObject:
        """Make the event; note its date when it becomes unknown whether it was made.

        An event that the service breaks on, while it takes others, is refused in the
        end.
        """
        if client.breaking.gives_up(context.delivery_id):
            # What it was asked before is known to have made nothing.
            reason = f"it broke {MOST} times on this event, and took others in between"
            raise Rejected(reason)
        date = payload.date(context.told_at)
        try:
            await client.create_event(payload.body(context.delivery_id, date))
        except OutcomeUnknown:
            client.breaking.broke(context.delivery_id)
            raise
        client.breaking.took(context.delivery_id)
        return _result(context, date)

    @override
    async def find(
        self, client: GuanceClient, payload: CreateCustomEvent, context: StepContext
    ) -> Finding:
        """Look for the event by our own tag.

        A query that the service refuses tells nothing: it is asked again, for
        as long as the outbox asks at all.
        """
        date = _sent_date(context) or payload.date(context.told_at)
        if not askable(context.delivery_id):
            return Unclear()
        try:
            sighting = await client.find_event(context.delivery_id, date)
        except PermissionDenied as error:
            raise PermissionDenied(f"{QUERY_RIGHT}: {error.reason}") from error
        except InvalidResponse as error:
            if error.code != InvalidResponse.code:  # something between, not the service
                raise
            return Unclear()
        if sighting.seen:
            client.breaking.took(context.delivery_id)
            found = _result(context, date) | {"document_id": sighting.document_id}
            return Found(result=found)
        return Absent() if sighting.finished else Unclear()

    @override
    def receipt(
        self, payload: CreateCustomEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return when the event was, and the tag by which people find it.

        The service answers no id; a look-up gives the one of its store.
        """
        result = results["create"]
        document_id = result.get("document_id")
        return Receipt(
            outside_id=document_id if isinstance(document_id, str) else None,
            details={name: result[name] for name in ("date", OWN_TAG)},
        )

    @override
    def summary(self, payload: CreateCustomEvent) -> str:
        """Say which status and which title."""
        return f"{payload.status}: {payload.title}"

    @override
    def expires(
        self,
        payload: CreateCustomEvent,
        occurred_at: datetime,
        capabilities: GuanceCapabilities,
    ) -> datetime:
        """Return when the workspace would no longer keep the event."""
        return payload.date(occurred_at) + capabilities.retention

    @override
    def overlaps(
        self, payload: CreateCustomEvent, capabilities: GuanceCapabilities
    ) -> bool:
        """Let it go at once: it is a point in time, and looked up by our own id."""
        return True


def _sent_date(context: StepContext) -> datetime | None:
    """Return the date that an earlier version of ours has noted as sent."""
    noted = (context.clue or {}).get("date")
    return datetime.fromisoformat(noted) if isinstance(noted, str) else None


def _result(context: StepContext, date: datetime) -> JsonObject:
    """Return what is kept of an event that was made."""
    return {"date": date.astimezone(UTC).isoformat(), OWN_TAG: context.delivery_id}


def _shown(moment: datetime) -> str:
    return moment.isoformat("T", "seconds")
