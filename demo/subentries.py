"""What a person enters in the forms of rules."""

from collections.abc import Mapping

from simulators.wire import Json


def turned(switch: str, *, on: bool) -> dict[str, Json]:
    """Return the trigger that a switch is turned."""
    return {"trigger": "state", "entity_id": switch, "to": "on" if on else "off"}


def rule(
    name: str,
    switch: str,
    fields: Mapping[str, Json],
    *,
    operation: str | None = None,
    until_off: bool = False,
) -> list[dict[str, Json]]:
    """Return the steps that make a rule of a switch that is turned on.

    The operation is asked for where a backend has several.
    """
    when: dict[str, Json] = {
        "name": name,
        "triggers": [turned(switch, on=True)],
        "only_if": {"from_unknown": False},
    }
    if operation is not None:
        when["operation"] = operation
    deliver: dict[str, Json] = {
        "more": {},
        "limits": {},
        "missed": {"deliver": True},
        **fields,
    }
    if until_off:
        deliver["until"] = {"triggers": [turned(switch, on=False)]}
    preview: dict[str, Json] = {}
    return [when, deliver, preview]
