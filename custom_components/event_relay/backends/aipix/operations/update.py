"""The operation that changes a script; only the client API has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import override

from ...base import InvalidField, JsonObject, Operation, Receipt, StepContext
from ...errors import Gone, Rejected
from ...field_table import text_field
from ...target import EXAMPLE_ID
from ..api.client import UNKNOWN_SCRIPT, AipixClient
from ..api.models import DESKTOP_MARK, AipixCapabilities
from .life import LIFE
from .script import (
    SCRIPT,
    ScriptFields,
    id_field,
    refuse_administrator,
    refuse_other_api,
)


@dataclass(frozen=True, kw_only=True)
class UpdateScript:
    """Changes to a script; fields that are not given keep their values."""

    fields: ScriptFields
    script_id: int | None = None
    delivery_id: str | None = None

    @property
    def target(self) -> JsonObject:
        """Return the field that names the script."""
        if self.script_id is not None:
            return {"script_id": self.script_id}
        return {"delivery_id": self.delivery_id}


class UpdateScriptOperation(Operation[AipixClient, UpdateScript, AipixCapabilities]):
    """Change a script, and keep its unknown fields."""

    name = "update_script"
    life = LIFE
    step = "update"
    repeatable = True
    in_rule = False
    fields = (
        text_field("delivery_id", public=True, example=EXAMPLE_ID),
        id_field("script_id", example=902),
        *SCRIPT,
    )

    @override
    def parse(self, data: Mapping[str, object]) -> UpdateScript:
        """Read the fields of the action; raises InvalidField."""
        values = self.read(data)
        script_id = values.pop("script_id", None)
        delivery_id = values.pop("delivery_id", None)
        if script_id and delivery_id:
            raise InvalidField("script_id", "exclusive", other="delivery_id")
        if not script_id and not delivery_id:
            raise InvalidField("script_id", "one_required", other="delivery_id")
        fields = ScriptFields.of(values)
        if not fields.given():
            raise InvalidField("title", "nothing_to_change")
        if fields.title == "":
            raise InvalidField("title", "required")
        return UpdateScript(fields=fields, script_id=script_id, delivery_id=delivery_id)

    @override
    def check(
        self, payload: UpdateScript, capabilities: AipixCapabilities, now: datetime
    ) -> None:
        """Refuse an API without this call."""
        refuse_administrator(capabilities, next(iter(payload.target)))
        refuse_other_api(payload.fields, capabilities)

    @override
    def dump(self, payload: UpdateScript) -> JsonObject:
        """Turn the payload into its stored form."""
        return {**payload.target, **payload.fields.given()}

    @override
    async def run(
        self, client: AipixClient, payload: UpdateScript, context: StepContext
    ) -> JsonObject:
        """Read the script, change it, write it as a whole."""
        script_id = payload.script_id
        if script_id is None:
            made = context.followed.outside_id if context.followed else None
            if made is None or not made.isdecimal():
                words = "that delivery made no script"
                raise Gone(words, code=UNKNOWN_SCRIPT, fields={"delivery_id": words})
            script_id = int(made)
        script = await client.script(script_id)
        if DESKTOP_MARK in (script.title or ""):
            raise Rejected(
                "the script belongs to the desktop client", code="foreign_script"
            )
        body = script.body()
        kept, given = body.get("extra"), payload.fields.extra
        changed = {**body, **payload.fields.given()}
        if isinstance(kept, dict) and given is not None:
            changed["extra"] = {**kept, **given}
        await client.update_script(script_id, changed)
        return {"script_id": script_id}

    @override
    def receipt(
        self, payload: UpdateScript, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the id of the script."""
        script_id = results[self.step]["script_id"]
        return Receipt(outside_id=str(script_id), details={"script_id": script_id})

    @override
    def summary(self, payload: UpdateScript) -> str:
        """Name the new title, or the script and the changed fields."""
        if payload.fields.title or payload.script_id is None:
            return payload.fields.title or ""
        return f"script {payload.script_id}: {', '.join(payload.fields.given())}"

    @override
    def key(self, payload: UpdateScript, delivery_id: str) -> str:
        """Keep order with the script's creation and its other changes."""
        return payload.delivery_id or f"script:{payload.script_id}"

    @override
    def target_id(self, payload: UpdateScript) -> str | None:
        """Return the script's own id, if the payload names it."""
        return None if payload.script_id is None else str(payload.script_id)

    @override
    def follows(self, payload: UpdateScript) -> str | None:
        """Return the delivery that creates the script."""
        return payload.delivery_id
