"""A simulator in its own process, which SIGSTOP can freeze."""

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

from tools.demo.polling import eventually
from tools.simulators.server import Simulator

_FROZEN_SECONDS = 10.0
_FORK = get_context("fork")
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2): it also ends a frozen process."""

type Order[Result] = Callable[[Simulator], Result | Awaitable[Result]]


class StandInProcess[System: Simulator]:
    """Runs a simulator, sends it orders, and shows its state.

    A freeze stops the whole process: the kernel still accepts connections, and the
    process reads from its sockets after the thaw.
    """

    def __init__(self, simulator: System) -> None:
        """Take a simulator that is not running."""
        self._simulator = simulator
        self.frozen = False
        self._process: Any = None
        self._orders: Connection
        self._free = asyncio.Lock()

    @property
    def simulator(self) -> System:
        """Return the copy of the running one from the last look."""
        return self._simulator

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it meanwhile; must start before any event loop or thread."""
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
        """Let the simulator do something; a frozen one does it after the thaw."""
        async with self._free:
            self._orders.send(order)
            await _readable(self._orders)
            return cast("Result", self._orders.recv())

    async def look(self) -> None:
        """Fetch a new copy of it."""
        self._simulator = cast("System", await self.do(_itself))

    async def freeze(self) -> None:
        """Freeze it with SIGSTOP."""
        async with self._free:
            self.frozen = True
            os.kill(self._process.pid, signal.SIGSTOP)
            state = Path(f"/proc/{self._process.pid}/stat")
            await eventually(partial(_stopped, state), "a stop", _FROZEN_SECONDS)

    def thaw(self) -> None:
        """Thaw it with SIGCONT."""
        os.kill(self._process.pid, signal.SIGCONT)
        self.frozen = False


async def _stopped(state: Path) -> bool | None:
    """Return True once the kernel reports that a process is stopped, None before."""
    told = await asyncio.to_thread(state.read_text)
    return True if told.rpartition(")")[2].split()[0] == "T" else None


def _itself(simulator: Simulator) -> Simulator:
    """Return the simulator itself, which is copied when it is sent."""
    return simulator


def _run(simulator: Simulator, orders: Connection, parent: int) -> None:
    """Serve; the process's whole life."""
    for number in (signal.SIGINT, signal.SIGHUP):
        # Signals go to all processes of a terminal; the parent ends this one in time.
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == parent:
        asyncio.run(_serve(simulator, orders))


async def _serve(simulator: Simulator, orders: Connection) -> None:
    """Serve, and execute orders one after the other."""
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
