"""The input of the forms of rules and HTTP requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from tools.simulators.wire import Json


def turned(switch: str, *, on: bool) -> dict[str, Json]:
    """Return a trigger for a switch that is turned on or off."""
    return {"trigger": "state", "entity_id": switch, "to": "on" if on else "off"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The input for a rule that fires when a switch is turned on."""

    name: str
    switch: str
    fields: Mapping[str, Json]
    operation: str | None = None
    """The operation, if the backend has several."""
    until_off: bool = False
    """Whether turning the switch off ends the event."""
    folded: bool = True
    """Whether the form has a section of seldom used fields."""

    def steps(self) -> list[dict[str, Json]]:
        """Return the input of each form."""
        when: dict[str, Json] = {
            "name": self.name,
            "triggers": [turned(self.switch, on=True)],
            "only_if": {"from_unknown": False},
        }
        if self.operation is not None:
            when["operation"] = self.operation
        more: dict[str, Json] = {"more": {}} if self.folded else {}
        deliver: dict[str, Json] = {**more, "limits": {}, **self.fields}
        if self.until_off:
            deliver["until"] = {"triggers": [turned(self.switch, on=False)]}
        preview: dict[str, Json] = {}
        return [{"next_step_id": "when"}, when, deliver, preview]


def described(name: str, **entered: Json) -> list[dict[str, Json]]:
    """Return the input to define a custom request of an HTTP API."""
    sections: dict[str, Json] = {"look_up": {}, "answer": {}, "sending": {}, "end": {}}
    return [{"next_step_id": "advanced"}, {"name": name, **sections, **entered}]
