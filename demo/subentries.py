"""What a person enters in the forms of rules."""

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

    def steps(self) -> list[dict[str, Json]]:
        """Return what is entered in each of the forms."""
        when: dict[str, Json] = {
            "name": self.name,
            "triggers": [turned(self.switch, on=True)],
            "only_if": {"from_unknown": False},
        }
        if self.operation is not None:
            when["operation"] = self.operation
        deliver: dict[str, Json] = {"more": {}, "limits": {}, **self.fields}
        if self.until_off:
            deliver["until"] = {"triggers": [turned(self.switch, on=False)]}
        preview: dict[str, Json] = {}
        return [when, deliver, preview]
