"""Steps of a flow that follow from what there is, such as one for each backend."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

STEP: Final = "async_step_"
"""How the methods begin by which Home Assistant finds steps."""

type FlowStep = Callable[..., Awaitable[Any]]
"""Takes what the user has entered, None at first; returns the next page."""


class NamedSteps:
    """A flow that has steps beside those it is written with."""

    def named_step(self, name: str) -> FlowStep | None:
        """Return the step of a name; None if there is none."""
        raise NotImplementedError

    if not TYPE_CHECKING:  # else every misspelt name would be a step

        def __getattr__(self, name: str) -> FlowStep:
            """Return a step that the class has no method for."""
            if name.startswith(STEP):
                step = self.named_step(name.removeprefix(STEP))
                if step is not None:
                    return step
            message = f"{type(self).__name__} has no {name}"
            raise AttributeError(message, name=name, obj=self)
