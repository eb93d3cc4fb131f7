"""Search for failures of the queue with state machines."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, override

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
import pytest

from ..search_effort import THOROUGH
from .world import World

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


class WorldMachine(RuleBasedStateMachine):
    """A world in a folder of its own, whose responses are slow or fail."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - of the world
        super().__init__()
        self.temporary = TemporaryDirectory()
        self.world = World(Path(self.temporary.name), **options)
        self.number = 0

    @override
    def teardown(self) -> None:
        try:
            if not self.world.violations:
                self.world.heal()
                self.check_end()
        finally:
            self.world.close()
            self.temporary.cleanup()

    def check_end(self) -> None:
        """Check the world after all is repaired."""
        assert not self.world.unsettled()


type Sabotage = Callable[[pytest.MonkeyPatch], None]


def assert_found(
    machine: type[WorldMachine],
    steps: Steps,
    sabotage: Sabotage,
    monkeypatch: pytest.MonkeyPatch,
    examples: tuple[int, int],
) -> None:
    """Replay steps, which fail once the product is sabotaged; a search finds others."""
    replay(machine, steps)
    sabotage(monkeypatch)

    with pytest.raises((AssertionError, ExceptionGroup)):
        replay(machine, steps)
    if THOROUGH:
        with pytest.raises((AssertionError, ExceptionGroup)):
            search(machine, *examples, Phase.generate)
