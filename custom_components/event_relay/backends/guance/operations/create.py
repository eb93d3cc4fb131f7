"""The operation that creates a custom event."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import override

from ...base import (
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
from ...errors import InvalidResponse, OutcomeUnknown, PermissionDenied, Rejected
from ..api.client import GuanceClient
from ..api.failing_events import MOST
from ..api.look_ups import OWN_TAG, askable
from ..api.models import GuanceCapabilities
from .create_payload import CreateCustomEvent
from .fields import CUSTOM_EVENT, tags_that_fit

FAILED_OFTEN = "it failed {times} times on this event, but took others"
LATEST = timedelta(days=1)
"""How far ahead an event may be dated; the service's own limit is unknown."""

QUERY_RIGHT = "event data query"
"""The permission that look-ups need, named as in the console; all default roles have it
(vendor documentation)."""


class CreateCustomEventOperation(
    Operation[GuanceClient, CreateCustomEvent, GuanceCapabilities]
):
    """Create a custom event."""

    name = "create_custom_event"
    step = "create"
    fields = CUSTOM_EVENT
    payload = CreateCustomEvent

    @override
    def shortened(
        self, data: Mapping[str, object]
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """Return canonical values that fit, and a warning for each cut text or tag."""
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
        """Refuse a date in the future, or before the workspace's retention."""
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
        """Create the event; keep its date as the clue if the outcome is unknown.

        An event that the service fails on, while it accepts others, is rejected in the
        end.
        """
        if client.failing_events.gives_up(context.delivery_id):
            # Earlier attempts are known to have created nothing.
            raise Rejected(FAILED_OFTEN.format(times=MOST))
        date = payload.date(context.reported_time)
        try:
            await client.create_event(payload.body(context.delivery_id, date))
        except OutcomeUnknown:
            client.failing_events.failed(context.delivery_id)
            raise
        client.failing_events.accepted(context.delivery_id)
        return _result(context, date)

    @override
    async def find(
        self, client: GuanceClient, payload: CreateCustomEvent, context: StepContext
    ) -> Finding:
        """Look up the event by our own tag.

        A query that the service refuses is inconclusive: it is repeated for as long as
        the queue asks.
        """
        date = _sent_date(context) or payload.date(context.reported_time)
        if not askable(context.delivery_id):
            return Unclear()
        try:
            sighting = await client.find_event(context.delivery_id, date)
        except PermissionDenied as error:
            raise PermissionDenied(f"{QUERY_RIGHT}: {error.reason}") from error
        except InvalidResponse as error:
            if error.code != InvalidResponse.code:  # a proxy, not the service
                raise
            return Unclear()
        if sighting.seen:
            client.failing_events.accepted(context.delivery_id)
            found = _result(context, date) | {"document_id": sighting.document_id}
            return Found(result=found)
        return Absent() if sighting.finished else Unclear()

    @override
    def receipt(
        self, payload: CreateCustomEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the time of the event, and the tag by which people find it.

        The service returns no id; a look-up gives the id of its store.
        """
        result = results[self.step]
        document_id = result.get("document_id")
        return Receipt(
            outside_id=document_id if isinstance(document_id, str) else None,
            details={name: result[name] for name in ("date", OWN_TAG)},
        )

    @override
    def summary(self, payload: CreateCustomEvent) -> str:
        """Name the status and the title."""
        return f"{payload.status}: {payload.title}"

    @override
    def expires(
        self,
        payload: CreateCustomEvent,
        occurred_at: datetime,
        capabilities: GuanceCapabilities,
    ) -> datetime:
        """Return when the event passes the workspace's retention."""
        return payload.date(occurred_at) + capabilities.retention

    @override
    def overlaps(
        self, payload: CreateCustomEvent, capabilities: GuanceCapabilities
    ) -> bool:
        """Allow it: the event is a point in time, and our own id can be looked up."""
        return True


def _sent_date(context: StepContext) -> datetime | None:
    """Return the date that an earlier version of ours noted as sent."""
    noted = (context.clue or {}).get("date")
    return datetime.fromisoformat(noted) if isinstance(noted, str) else None


def _result(context: StepContext, date: datetime) -> JsonObject:
    """Return the result for an event that was created."""
    return {"date": date.astimezone(UTC).isoformat(), OWN_TAG: context.delivery_id}


def _shown(moment: datetime) -> str:
    return moment.isoformat("T", "seconds")
