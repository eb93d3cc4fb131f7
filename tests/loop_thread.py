"""What asyncio's debug mode finds wrong, without what it costs.

The mode keeps the stack of every future and callback, a third of the time that the
tests would take, and it logs whatever takes longer than 0.1 s, which says more about
the machine than about a test.
"""

import asyncio
from collections.abc import Callable
import threading


def refuse_other_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Raise RuntimeError where another thread calls what is for the loop's own.

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
