"""How the state machines of the outbox are searched for what breaks them."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


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
