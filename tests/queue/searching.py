"""Search for failures of the queue with state machines."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

type Steps = Sequence[tuple[Callable[..., None], dict[str, Any]]]
"""Rules of a machine with their arguments: a sequence that a search once found."""


def replay(machine: type[RuleBasedStateMachine], steps: Steps) -> None:
    """Replay a sequence that a search has found; raises its failure.

    A machine has one invariant, `keeps_the_promise`.
    """
    life: Any = machine()
    try:
        life.keeps_the_promise()
        for rule, data in steps:
            rule(life, **data)
            life.keeps_the_promise()
    finally:
        life.teardown()


def search(
    machine: type[RuleBasedStateMachine],
    examples: int,
    steps: int,
    *phases: Phase,
    derandomize: bool = True,
) -> None:
    """Run a machine with so many examples of so many steps; raises any failure."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases or [*Phase],
            database=None,
            report_multiple_bugs=not phases,
            derandomize=derandomize,
            suppress_health_check=[*HealthCheck],
        ),
    )
