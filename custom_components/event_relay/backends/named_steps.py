"""Flow steps that depend on the data, such as one for each backend."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

STEP: Final = "async_step_"
"""Prefix of the methods that Home Assistant calls as steps."""

type FlowStep = Callable[..., Awaitable[Any]]
"""Takes the user's input, None at first; returns the next page."""


class NamedSteps:
    """A flow that has steps beside its methods."""

    def named_step(self, name: str) -> FlowStep | None:
        """Return the step with a name; None without one."""
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
