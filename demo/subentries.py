"""What a person enters in the forms of rules and of HTTP requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.wire import Json


def turned(switch: str, *, on: bool) -> dict[str, Json]:
    """Return the trigger that a switch is turned."""
    return {"trigger": "state", "entity_id": switch, "to": "on" if on else "off"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a person enters for a rule of a switch that is turned on."""

    name: str
    switch: str
    fields: Mapping[str, Json]
    operation: str | None = None
    """What is delivered, where a backend can do several things."""
    until_off: bool = False
    """Whether the switch ends what it begins."""
    folded: bool = True
    """Whether the form has a section of what is seldom asked for."""

    def steps(self) -> list[dict[str, Json]]:
        """Return what is entered in each of the forms."""
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
    """Return what is entered to describe a request of an HTTP API by oneself."""
    sections: dict[str, Json] = {"look_up": {}, "answer": {}, "sending": {}, "end": {}}
    return [{"next_step_id": "advanced"}, {"name": name, **sections, **entered}]
