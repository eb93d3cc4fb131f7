"""Responses that a simulator gives instead of its own."""

from typing import Any

from tools.simulators.faults import Fault, FaultKind
from tools.simulators.wire import Json


def respond(
    status: int,
    body: Json = None,
    **fault: Any,  # noqa: ANN401 - of any field
) -> Fault:
    """Return a fault that responds with a status, and a body."""
    return Fault(kind=FaultKind.STATUS, status=status, body=body, **fault)


def invalid_field(field: str = "duration", message: str = "wrong") -> Fault:
    """Return a fault that rejects a field of an event like Frigate."""
    body: Json = {"detail": [{"loc": ["body", field], "msg": message}]}
    return respond(422, body, method="POST", path="/api/events/*/*/create")
