"""Measure a live Frigate with this checkout and another one, in turns."""

import asyncio
from dataclasses import dataclass
import json
from pathlib import Path
import sys

from .figures import Figures

_HERE = Path(__file__).resolve().parent
_SCRIPT = _HERE / "live_frigate.py"


@dataclass(frozen=True, kw_only=True)
class LiveFrigate:
    """Address and credentials of a live Frigate."""

    url: str
    user: str = ""
    password_file: Path | None = None

    def arguments(self) -> list[str]:
        """Return them as arguments of the script."""
        given = ["--url", self.url, "--user", self.user]
        if self.password_file is not None:
            given += ["--password-file", str(self.password_file.resolve())]
        return given


async def measure(
    frigate: LiveFrigate, *, against: Path | None, burst: int, alone: int
) -> Figures:
    """Return the figures of this checkout, compared with the other's."""
    sizes = ["--burst", str(burst), "--alone", str(alone)]
    arguments = [*frigate.arguments(), *sizes]
    theirs = await _run(against, arguments) if against is not None else {}
    ours = await _run(_HERE.parents[1], arguments)
    return beside(ours, theirs)


def beside(ours: Figures, theirs: Figures) -> Figures:
    """Name the figures of both, and compare them; theirs may be missing."""
    return (
        {f"live_{name}": value for name, value in ours.items()}
        | {f"live_other_{name}": value for name, value in theirs.items()}
        | {
            f"live_{name}_vs_other": ours[name] / theirs[name]
            for name in ("alone_p50_ms", "burst_s")
            if theirs
        }
    )


async def _run(checkout: Path, arguments: list[str]) -> Figures:
    """Measure with the code of a checkout, in its own process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_SCRIPT),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        cwd=checkout,
        env={"PYTHONPATH": str(checkout), "PATH": ""},
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the measurement in {checkout} failed")
    figures: Figures = json.loads(out)
    return figures
