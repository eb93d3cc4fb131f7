"""The operation that creates a script, which runs a reaction on an event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import override

from ...base import (
    Absent,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    Unclear,
)
from ...errors import InvalidResponse, OutcomeUnknown, Rejected
from ..api.client import AipixClient
from ..api.login import Api
from ..api.models import AipixCapabilities, AipixScript
from .life import LIFE
from .script import ENABLED, SCRIPT, ScriptFields, refuse_other_api

CLOCKS_APART = timedelta(minutes=5)
"""Offset of the server's clock up to which a script is recognised by its date."""


@dataclass(frozen=True, kw_only=True)
class CreateScript:
    """A script to create."""

    fields: ScriptFields

    def body(self, api: Api) -> JsonObject:
        """Return the request body.

        The client API gets all fields of its documented sample (23.12).
        """
        given = self.fields.given()
        if api is Api.ADMINISTRATOR:
            return {"users": [], **given}
        client: JsonObject = {"reaction_id": None, "users": [], "status": ENABLED}
        return {**client, "cameras": None, **given}


class CreateScriptOperation(Operation[AipixClient, CreateScript, AipixCapabilities]):
    """Create a script."""

    name = "create_script"
    life = LIFE
    goes_first = True
    fields = tuple(
        replace(one, required=one.name == "event_id", expected=one.name == "title")
        for one in SCRIPT
    )

    @override
    def parse(self, data: Mapping[str, object]) -> CreateScript:
        """Read the fields of the action; raises InvalidField."""
        script = ScriptFields.of(self.read(data))
        if script.schedule is None and script.timetable is None:
            raise InvalidField("schedule", "one_required", other="timetable")
        if script.title == "":
            raise InvalidField("title", "required")
        return CreateScript(fields=script)

    @override
    def check(
        self, payload: CreateScript, capabilities: AipixCapabilities, now: datetime
    ) -> None:
        """Refuse what the connection's API lacks, and a script without a title."""
        refuse_other_api(payload.fields, capabilities)
        if capabilities.api is Api.CLIENT and not payload.fields.title:
            raise InvalidField("title", "required")

    @override
    def dump(self, payload: CreateScript) -> JsonObject:
        """Turn the payload into its stored form."""
        return payload.fields.given()

    @override
    def steps(
        self, payload: CreateScript, capabilities: AipixCapabilities
    ) -> tuple[Step[AipixClient, CreateScript], ...]:
        """Return the one call; it can be looked up if scripts are listed."""
        find = _find if capabilities.lists_scripts else None
        return (Step(name="create", run=_create, find=find),)

    @override
    def receipt(
        self, payload: CreateScript, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the id of the script."""
        script_id = results["create"]["script_id"]
        return Receipt(outside_id=str(script_id), details={"script_id": script_id})

    @override
    def summary(self, payload: CreateScript) -> str:
        """Name the title, or the event if the API has no titles."""
        return payload.fields.title or f"event {payload.fields.event_id}"


async def _create(
    client: AipixClient, payload: CreateScript, context: StepContext
) -> JsonObject:
    """Create the script; first note the newest one, as a clue for the look-up."""
    newest = await _newest(client)
    try:
        script_id = await client.create_script(payload.body(client.login.api))
    except OutcomeUnknown as error:
        error.clue = {"newest": newest}
        raise
    return {"script_id": script_id}


async def _newest(client: AipixClient) -> int | None:
    """Return the highest id of a script; None if it is unknown."""
    if client.login.api is not Api.CLIENT:
        return None
    try:
        scripts = await client.scripts()
    except InvalidResponse, Rejected:
        return None
    return None if scripts is None else max((one.id for one in scripts), default=0)


async def _find(
    client: AipixClient, payload: CreateScript, context: StepContext
) -> Finding:
    """Find the script in the list.

    Ids grow, so its id is above the newest one before it. Without that clue, as after a
    restart, a script with equal contents only matches if its date fits: those dates
    have no zone, and it is not documented which one applies.
    """
    scripts = await client.scripts()
    if scripts is None:
        return Unclear()
    alike = [
        script
        for script in scripts
        if _is_alike(script, payload.fields)
        and str(script.id) not in context.outside_ids
    ]
    newest = (context.clue or {}).get("newest")
    if isinstance(newest, int):
        alike = [script for script in alike if script.id > newest]
        fitting = alike
    else:
        fitting = [script for script in alike if _fits(script, context)]
    if len(alike) == 1 and fitting:
        return Found(result={"script_id": fitting[0].id})
    return Unclear() if alike else Absent()


def _is_alike(script: AipixScript, fields: ScriptFields) -> bool:
    """Return whether a script has our fields, except those that aipix changes."""
    return (
        script.title == fields.title
        and script.event_id == fields.event_id
        and script.reaction_id == fields.reaction_id
    )


def _fits(script: AipixScript, context: StepContext) -> bool:
    """Return whether a script was created since the request was sent."""
    sent_at = context.first_sent_at or context.occurred_at
    if script.created_at is None:
        return False
    return sent_at - CLOCKS_APART <= script.created_at <= context.now + CLOCKS_APART
