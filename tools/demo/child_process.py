"""Run a command that does not outlive the process that started it.

`python child_process.py FOLDER COMMAND…` runs the command and ends with its exit code.
Standard input is a pipe from the starter: when that closes, the starter is gone. Then
the command is ended, by force if needed, and FOLDER is deleted.
"""

from collections.abc import Sequence
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
from threading import Event, Thread
from types import FrameType

STOP_SECONDS = 20.0
"""How long an orphaned command may take to end by itself."""


def main(folder: Path, command: Sequence[str]) -> int:
    """Run command, and return its exit code."""
    # Signals to the group are for the command, which would inherit an ignored one.
    signal.signal(signal.SIGTERM, _leave_to_command)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 our own
    orphaned = Event()
    Thread(target=_watch, args=(process, orphaned), daemon=True).start()
    code = process.wait()
    if orphaned.is_set():
        shutil.rmtree(folder, ignore_errors=True)
    return code


def _leave_to_command(number: int, frame: FrameType | None) -> None:
    """Do nothing: the command has received the same signal."""


def _watch(process: subprocess.Popen[bytes], orphaned: Event) -> None:
    """Wait for the starter's end, then end the command."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    orphaned.set()
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
