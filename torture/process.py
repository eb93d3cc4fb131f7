"""A stand-in in a process of its own, which can be frozen as SIGSTOP does it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
import ctypes
from functools import partial
import inspect
from multiprocessing import get_context
from multiprocessing.connection import Connection
import os
from pathlib import Path
import signal
from typing import Any, cast

from demo.patience import eventually
from simulators.server import Simulator

_FROZEN_SECONDS = 10.0
_FORK = get_context("fork")
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2): it ends also what is frozen."""

type Order[Result] = Callable[[Simulator], Result | Awaitable[Result]]


class StandInProcess[System: Simulator]:
    """Runs a simulator, takes orders for it, and shows what it holds.

    What is frozen is all of it: the kernel goes on accepting connections, and what lies
    in the sockets is read at the thaw.
    """

    def __init__(self, simulator: System) -> None:
        """Take a simulator that does not run."""
        self._simulator = simulator
        self.frozen = False
        self._process: Any = None
        self._orders: Connection
        self._free = asyncio.Lock()

    @property
    def simulator(self) -> System:
        """Return a copy of the one that runs, as it was when it was last looked at."""
        return self._simulator

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it meanwhile; to be begun before there is an event loop, or a thread."""
        self._orders, theirs = _FORK.Pipe()
        self._process = _FORK.Process(
            target=_run, args=(self._simulator, theirs, os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()
        self._simulator = self._orders.recv()
        try:
            yield
        finally:
            self._process.kill()
            self._process.join()
            self._orders.close()

    async def do[Result](self, order: Order[Result]) -> Result:
        """Have the simulator do something; what is frozen does it after the thaw."""
        async with self._free:
            self._orders.send(order)
            await _readable(self._orders)
            return cast("Result", self._orders.recv())

    async def look(self) -> None:
        """Have a new copy of it."""
        self._simulator = cast("System", await self.do(_itself))

    async def freeze(self) -> None:
        """Stop it as it is; SIGSTOP."""
        async with self._free:
            self.frozen = True
            os.kill(self._process.pid, signal.SIGSTOP)
            state = Path(f"/proc/{self._process.pid}/stat")
            await eventually(partial(_stopped, state), "a stop", _FROZEN_SECONDS)

    def thaw(self) -> None:
        """Let it go on; SIGCONT."""
        os.kill(self._process.pid, signal.SIGCONT)
        self.frozen = False


async def _stopped(state: Path) -> bool | None:
    """Return True once the kernel says that a process is stopped, None before."""
    told = await asyncio.to_thread(state.read_text)
    return True if told.rpartition(")")[2].split()[0] == "T" else None


def _itself(simulator: Simulator) -> Simulator:
    """Return it: what is sent is a copy."""
    return simulator


def _run(simulator: Simulator, orders: Connection, parent: int) -> None:
    """Serve; the process's whole life."""
    for number in (signal.SIGINT, signal.SIGHUP):
        # They are sent to all of a terminal; who started this ends it in its time.
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == parent:
        asyncio.run(_serve(simulator, orders))


async def _serve(simulator: Simulator, orders: Connection) -> None:
    """Serve, and do what is ordered, one thing after the other."""
    async with simulator:
        orders.send(simulator)
        while True:
            await _readable(orders)
            result = orders.recv()(simulator)
            orders.send(await result if inspect.isawaitable(result) else result)


async def _readable(connection: Connection) -> None:
    """Wait until there is something to receive."""
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    loop.add_reader(connection.fileno(), arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(connection.fileno())
