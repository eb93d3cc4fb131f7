"""Test processes forked from one that has imported their common modules."""

from contextlib import suppress
from dataclasses import dataclass
import gc
from importlib import import_module
import os
import signal
import sys
import threading
from typing import NoReturn, override

from _pytest.capture import CaptureManager
from execnet import gateway_io
from execnet.gateway_base import ExecModel, Popen2IO
from execnet.xspec import XSpec
from hypothesis.internal.conjecture.providers import _get_local_constants
import pytest


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process that waits for orders, as xdist's do, and its pipes."""

    pid: int
    to_it: int
    from_it: int


class ForkedIO(gateway_io.Popen2IOMaster):
    """execnet's interface to a process that it has started itself."""

    def __init__(self, child: Child, execmodel: ExecModel) -> None:
        """Take a child process."""
        self._pid = child.pid
        outfile = os.fdopen(child.to_it, "wb")
        infile = os.fdopen(child.from_it, "rb")
        Popen2IO.__init__(self, outfile, infile, execmodel=execmodel)

    @override
    def wait(self) -> int | None:
        with suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return None

    @override
    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)


def fork_ahead(config: pytest.Config, number: int) -> None:
    """Fork processes for xdist now, while there is only one thread.

    xdist starts further processes as usual.
    """
    if threading.active_count() > 1:
        return
    import_tests(config)
    _get_local_constants()  # as Hypothesis does after the collection in each process
    gc.collect()
    gc.freeze()
    children: list[Child] = []
    capture = config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():
        for _ in range(number):
            children.append(_fork(children))
    start = gateway_io.create_io

    def create_io(spec: XSpec, execmodel: ExecModel) -> gateway_io.Popen2IOMaster:
        if spec.popen and children:
            return ForkedIO(children.pop(0), execmodel)
        return start(spec, execmodel)

    gateway_io.create_io = create_io


def import_tests(config: pytest.Config) -> None:
    """Import the test modules, so that no process has to do so itself.

    Rewriting the assertions in a fresh checkout takes longer than importing Home
    Assistant. The processes report modules that cannot be imported.
    """
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        files = path.rglob("test_*.py") if path.is_dir() else [path]
        for file in sorted(files):
            name = file.relative_to(config.rootpath).with_suffix("")
            with suppress(BaseException):
                import_module(".".join(name.parts))


def _fork(others: list[Child]) -> Child:
    """Fork a process without the others' pipes."""
    to_read, to_write = os.pipe()
    answer_read, answer_write = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    if not (pid := os.fork()):
        for other in others:
            os.close(other.to_it)
            os.close(other.from_it)
        os.close(to_write)
        os.close(answer_read)
        _serve(to_read, answer_write)
    os.close(to_read)
    os.close(answer_write)
    return Child(pid=pid, to_it=to_write, from_it=answer_read)


def _serve(read: int, write: int) -> NoReturn:
    """Act as a process of execnet, then end."""
    status = 1
    try:
        os.dup2(read, 0)
        os.dup2(write, 1)
        os.close(read)
        os.close(write)
        sys.stdin = os.fdopen(0, "r", 1, closefd=False)
        sys.stdout = os.fdopen(1, "w", 1, closefd=False)
        sys.argv = ["-c"]
        exec(gateway_io.popen_bootstrapline, {})  # noqa: S102 - execnet's own
        status = 0
    except BaseException as error:  # noqa: BLE001 - nothing above is this process's own
        sys.stderr.write(f"a forked process broke: {error!r}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)
