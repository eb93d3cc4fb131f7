"""Templates for new rules that only lack their entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """The data of a rule's form without the parts that only the home knows.

    Those parts, such as the entities of a trigger, are empty.
    """

    operation: str
    triggers: Sequence[Mapping[str, Any]]
    fields: Mapping[str, Any] = field(default_factory=dict)
    until: Mapping[str, Any] | None = None

    def data(self) -> dict[str, Any]:
        """Return the data of the rule."""
        data: dict[str, Any] = {
            "operation": self.operation,
            "triggers": [dict(one) for one in self.triggers],
            "fields": dict(self.fields),
        }
        if self.until is not None:
            data["until"] = dict(self.until)
        return data


def purpose(trigger: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return one of Home Assistant's triggers without a target."""
    return {"trigger": trigger, "target": {}, "options": options}


def each(trigger: str) -> dict[str, Any]:
    """Return a trigger that fires for each entity of a target."""
    return purpose(trigger, behavior="each")
