"""How the state machines of the outbox are searched for what breaks them."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

type Steps = Sequence[tuple[Callable[..., None], dict[str, Any]]]
"""Rules of a machine, and what they are given: what a search once found."""


def replay(machine: type[RuleBasedStateMachine], steps: Steps) -> None:
    """Live what a search has found once; raises what is wrong with it.

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
    """Try a machine with so many examples of so many steps; raises what it finds."""
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
