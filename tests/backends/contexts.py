"""Contexts of steps, for tests that run one by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.event_relay.backends.base import (
    AnyOperation,
    Finding,
    JsonObject,
    Receipt,
    StepContext,
)
from custom_components.event_relay.backends.errors import OutcomeUnknown
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.server import Simulator

type MakeContext = Callable[..., StepContext]


def step_context(*, late: float = 0, **changes: object) -> StepContext:
    """Return the context of a first attempt, made `late` seconds after its event."""
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "delivery_id": "delivery-1",
        "occurred_at": now - timedelta(seconds=late),
        "now": now,
        "first_sent_at": now,
        "attempt": 1,
        "results": {},
        "clue": None,
        "followed": None,
        "outside_ids": frozenset(),
    }
    told |= changes
    return StepContext(
        **(
            {"reported_time": told["occurred_at"], "sent_after": told["first_sent_at"]}
            | told
        )
    )


@dataclass(frozen=True, kw_only=True)
class Steps[ClientT, SimulatorT: Simulator]:
    """Runs the steps of operations like the worker, without a queue."""

    client: ClientT
    simulator: SimulatorT
    context: MakeContext
    capabilities: Any = None
    """Those of the system, unless it is to be asked each time."""

    async def known(self) -> Any:  # noqa: ANN401 - of any backend
        """Return the capabilities of the system."""
        client: Any = self.client
        return self.capabilities or await client.capabilities()

    async def run(
        self,
        operation: AnyOperation,
        data: Mapping[str, object],
        context: StepContext | None = None,
    ) -> Receipt:
        """Run every step, and return the receipt."""
        payload = operation.parse(data)
        results = await self.results(operation, payload, context)
        receipt: Receipt = operation.receipt(payload, results)
        return receipt

    async def results(
        self,
        operation: AnyOperation,
        payload: Any,  # noqa: ANN401 - of any operation
        context: StepContext | None = None,
    ) -> dict[str, JsonObject]:
        """Run every step, and return their results."""
        results: dict[str, JsonObject] = {}
        for step in operation.steps(payload, await self.known()):
            told = replace(context or self.context(), results=dict(results))
            results[step.name] = await step.run(self.client, payload, told)
        return results

    async def look_up(
        self,
        operation: AnyOperation,
        data: Mapping[str, object],
        context: StepContext | None = None,
    ) -> Finding:
        """Look up the first step."""
        return await self.find(operation, operation.parse(data), context)

    async def find(
        self,
        operation: AnyOperation,
        payload: Any,  # noqa: ANN401 - of any operation
        context: StepContext | None = None,
    ) -> Finding:
        """Look up the first step of a payload."""
        step = operation.steps(payload, await self.known())[0]
        assert step.find is not None
        context = context or self.context()
        finding: Finding = await step.find(self.client, payload, context)
        return finding

    async def lose(
        self,
        operation: AnyOperation,
        data: Mapping[str, object],
        context: StepContext | None = None,
        kind: FaultKind = FaultKind.RESET_AFTER,
        **fault: Any,  # noqa: ANN401 - of any field
    ) -> Mapping[str, object] | None:
        """Run every step, of which one has an unknown outcome; return its clue."""
        self.simulator.add_faults(Fault(kind=kind, **{"method": "POST", **fault}))
        with pytest.raises(OutcomeUnknown) as caught:
            await self.run(operation, data, context)
        return caught.value.clue
