"""The thread checks of asyncio's debug mode, without its cost.

The mode stores the stack of every future and callback, which takes a third of the
tests' time. It also logs any call longer than 0.1 s, which depends more on the machine
than on the test.
"""

import asyncio
from collections.abc import Callable
import threading


def refuse_other_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Raise RuntimeError if another thread calls a method for the loop's own thread.

    The current thread is the loop's.
    """
    owner = threading.get_ident()

    def guarded[**ParametersT, ResultT](
        call: Callable[ParametersT, ResultT],
    ) -> Callable[ParametersT, ResultT]:
        def checked(*args: ParametersT.args, **kwargs: ParametersT.kwargs) -> ResultT:
            if threading.get_ident() != owner:
                message = "another thread uses the loop without call_soon_threadsafe"
                raise RuntimeError(message)
            return call(*args, **kwargs)

        return checked

    loop.call_soon = guarded(loop.call_soon)  # type: ignore[method-assign]
    loop.call_at = guarded(loop.call_at)  # type: ignore[method-assign]
