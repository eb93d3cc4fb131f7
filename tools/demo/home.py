"""A separate Home Assistant: a temporary folder, and the `hass` program in it."""

import asyncio
from asyncio import FIRST_COMPLETED
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import shutil
import signal
import sys
import tempfile

from . import child_process
from .polling import eventually
from .ports import FIRST_PORT, HOST, reserved_port

CONFIGURATION = Path(__file__).parent / "configuration"
_INTEGRATION = Path(__file__).parents[2] / "custom_components" / "event_relay"
_HASS = Path(sys.executable).with_name("hass")
_CONSOLE = "console.log"
_RESTART = 100
"""The exit code with which Home Assistant asks to be restarted."""
_TAIL_LINES = 20
_START_SECONDS = 240.0
_STOP_SECONDS = 20.0


class HomeError(Exception):
    """Home Assistant did not start, or ended by itself."""


class Home:
    """Home Assistant in its own process, with a folder that outlives it."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take a prepared folder, and a free port."""
        self.folder = folder
        self.port = port
        self.command: Sequence[str | Path] = (_HASS,)
        """The command to start it, without arguments."""
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Return the address of its web interface."""
        return f"http://{HOST}:{self.port}"

    @property
    def integration(self) -> Path:
        """Return the folder of its own copy of Event Relay."""
        return self.folder / "custom_components" / _INTEGRATION.name

    async def start(self) -> None:
        """Start, and wait until it listens; raise HomeError if it does not."""
        await self.launch()
        await self.run(
            eventually(
                self._is_listening, "an answer of Home Assistant", _START_SECONDS
            )
        )

    async def run[Result](self, work: Coroutine[None, None, Result]) -> Result:
        """Await work; raise HomeError instead if Home Assistant ends meanwhile."""
        working = asyncio.create_task(work)
        ending = asyncio.create_task(self._wait_ended())
        try:
            await asyncio.wait({working, ending}, return_when=FIRST_COMPLETED)
            if working.done() and working.exception():
                # The process may have ended, which is only noticed a moment later.
                await asyncio.wait({ending}, timeout=1)
            if ending.done():
                raise HomeError(f"Home Assistant ended by itself{self._log_tail()}")
            return await working
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.wait({working, ending})

    async def launch(self) -> None:
        """Start, without waiting."""
        console = await asyncio.to_thread((self.folder / _CONSOLE).open, "ab")
        with console:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, child_process.__file__, self.folder),
                # All requirements are installed; optional ones may need a compiler.
                *(*self.command, "--config", self.folder),
                *("--log-no-color", "--skip-pip"),
                stdin=PIPE,
                stdout=console,
                stderr=STDOUT,
                env=_environment(self.folder, self.port),
                start_new_session=True,
            )

    async def stop(self, patience: float = _STOP_SECONDS) -> bool:
        """Stop it properly, and by force after so many seconds.

        Returns whether it ended by itself.
        """
        if self._process is None:
            return True
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            return False
        finally:
            await self.kill()
        return True

    async def kill(self) -> None:
        """Kill it at once, as a power cut would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            await self._process.wait()
            # The guard is gone; the program itself follows a moment later.
            await eventually(self._is_down, "the end of Home Assistant", _STOP_SECONDS)
            self._process = None

    def log_about(self, *words: str) -> list[str]:
        """Return the lines of its log that contain one of some words."""
        return [line for line in self._log() if any(word in line for word in words)]

    async def _wait_ended(self) -> None:
        """Wait for its end, and restart it as often as it asks for that."""
        while self._process and await self._process.wait() == _RESTART:
            await self.launch()

    async def _is_listening(self) -> bool | None:
        """Return True once it accepts a connection, None before."""
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return None
        writer.close()
        return True

    async def _is_down(self) -> bool | None:
        """Return True once it accepts no connection, None before."""
        return None if await self._is_listening() else True

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and its children."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _log_tail(self) -> str:
        """Return the end of its log, each line indented, after a colon."""
        tail = self._log()[-_TAIL_LINES:] or ["(it wrote nothing)"]
        return "; the end of its log:\n" + "\n".join(f"    {line}" for line in tail)

    def _log(self) -> list[str]:
        return (self.folder / _CONSOLE).read_text(errors="replace").splitlines()


@asynccontextmanager
async def temporary_home(
    configuration: Path = CONFIGURATION, *, first_port: int = FIRST_PORT
) -> AsyncIterator[Home]:
    """Yield a Home that is not started yet; afterwards end it and delete its folder."""
    folder = await asyncio.to_thread(_make_folder, configuration)
    try:
        with reserved_port(first_port) as port:
            home = Home(folder, port)
            try:
                yield home
            finally:
                await home.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_folder(configuration: Path) -> Path:
    """Return a new folder with a configuration, and Event Relay as HACS installs it."""
    folder = Path(tempfile.mkdtemp(prefix="event-relay-demo-"))
    shutil.copytree(configuration, folder, dirs_exist_ok=True)
    shutil.copytree(
        _INTEGRATION,
        folder / "custom_components" / _INTEGRATION.name,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return folder


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Return our environment, with the port for the configuration.

    Temporary files of its helpers are deleted together with the home.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONHOME", "PYTHONPATH"}
    }
    return inherited | {"DEMO_PORT": str(port), "TMPDIR": str(folder)}
