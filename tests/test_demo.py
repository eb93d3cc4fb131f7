"""Tests of the demo as a user runs it, and of its parts used by tests."""

# ruff: noqa: S603 - the commands are our own

from collections.abc import Iterator
from importlib.metadata import distributions
import os
from pathlib import Path
import re
import subprocess
import sys

import pytest

from custom_components.event_relay.registry import BY_NAME
from tools.demo import child_process
from tools.demo.api import ApiError, member
from tools.demo.polling import TookTooLong, eventually
from tools.demo.ports import reserved_port
from tools.demo.scenes import Disproved, Scene, make_scenes
from tools.demo.screen import progress
from tools.simulators.server import Simulator
from tools.simulators.wire import Json

ROOT = Path(__file__).parents[1]
CLOCK = r"\d\d:\d\d:\d\d"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EVENT = rf"{CLOCK} to {{end}}  \d+\.\d+-[a-z0-9]{{{{6}}}}  \d+ ms"


def processes_of(folder: Path) -> Iterator[str]:
    """Yield the command lines that contain a folder."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            yield command


def _installed() -> set[str]:
    """Return the installed packages with their versions."""
    return {f"{one.name} {one.version}" for one in distributions()}


@pytest.mark.timeout(600)
def test_once_shows_all_deliveries_and_leaves_nothing(tmp_path: Path) -> None:
    installed = _installed()

    result = subprocess.run(
        [ROOT / "script" / "demo", "--once"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    bell = r"frigate  front_door: doorbell \(Doorbell\), "
    door = r"frigate  garden: door_open, "
    for line in (
        bell + EVENT.format(end=CLOCK),
        door + EVENT.format(end="…"),
        door + EVENT.format(end=CLOCK),
        r"event_relay  keeps it: delivery \S+ is (pending|uncertain)",
        rf"Rung at {CLOCK}, kept at {CLOCK}, once",
        rf"guance +critical: Smoke in the kitchen, {CLOCK}  no id: .+  \d+ ms",
        rf"guance +ok: No smoke any more, {CLOCK}  no id: .+  \d+ ms",
        r"room=kitchen",
        r"aipix +Visitor .+, mon tue wed thu fri 08:30 to 12:00 .+  script \d+  \d+ ms",
        rf"palabra +Town meeting at Town hall, .+  {UUID}  \d+ ms",
        r"frigate  garden: window_open \(Cellar window\), " + EVENT.format(end=CLOCK),
        rf"guance +warning: Fridge door is open, {CLOCK}  no id: .+  \d+ ms",
        r"aipix +Visitor, on camera 12  mark \d+  \d+ ms",
        r"aipix +Reception, .+ 08:30 to 12:00  script \d+  \d+ ms",
        rf"palabra +Guided tour .+  {UUID}  \d+ ms",
        rf"palabra +Lecture on bees .+  {UUID}  \d+ ms",
        rf"http +You have mail, {CLOCK}  note 1  \d+ ms",
        rf"http +Freezer door is open, {CLOCK} to …  {UUID}  \d+ ms",
        rf"http +Freezer door is open, {CLOCK} to {CLOCK}  {UUID}  \d+ ms",
        r"All of it arrived\.",
    ):
        assert re.search(line, result.stdout), line
    assert len(re.findall(bell, result.stdout)) == 2
    assert _installed() == installed
    assert not list(tmp_path.iterdir())
    assert not list(processes_of(tmp_path))


def test_command_ends_with_its_parent(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    process = subprocess.Popen(
        [sys.executable, child_process.__file__, home, "sleep", "600"],
        stdin=subprocess.PIPE,
    )

    process.communicate(timeout=120)

    assert process.returncode != 0
    assert not home.exists()


def test_exit_code_of_the_command_is_returned(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, child_process.__file__, tmp_path, "sh", "-c", "exit 100"],
        stdin=subprocess.PIPE,
    ) as process:
        assert process.wait(timeout=120) == 100

    assert tmp_path.exists()


@pytest.mark.usefixtures("socket_enabled")
def test_second_demo_uses_the_next_port() -> None:
    with reserved_port() as first, reserved_port(first) as second:
        assert second > first
    with reserved_port(first) as again:
        assert again == first


async def test_waiting_times_out() -> None:
    async def look() -> None:
        return None

    with pytest.raises(TookTooLong, match="a miracle: not within 0 s"):
        await eventually(look, "a miracle", 0)


async def test_waiting_returns_the_result() -> None:
    found = iter([None, "it"])

    async def look() -> str | None:
        return next(found)

    assert await eventually(look, "it", 5) == "it"


async def test_progress_shows_the_duration(capsys: pytest.CaptureFixture[str]) -> None:
    async with progress("Waiting"):
        pass

    assert re.fullmatch(r"Waiting  0\.\d s\n", capsys.readouterr().out)


async def test_failed_progress_has_no_duration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(OSError, match="broken"):
        async with progress("Waiting"):
            raise OSError("broken")

    assert capsys.readouterr().out == "Waiting \n"


def test_response_is_parsed() -> None:
    assert member({"state": "RUNNING"}, "state", str) == "RUNNING"


@pytest.mark.parametrize("answer", [{"state": 3}, {}, [], None])
def test_unexpected_response_is_an_error(answer: Json) -> None:
    with pytest.raises(ApiError):
        member(answer, "state", str)


def test_every_scene_has_an_existing_backend() -> None:
    assert {scene.backend for scene in make_scenes()} <= set(BY_NAME)


@pytest.mark.parametrize("scene", make_scenes(), ids=lambda scene: scene.name)
def test_scene_fails_without_its_delivery(scene: Scene[Simulator]) -> None:
    with pytest.raises(Disproved, match=f"{scene.name} keeps 0, not {scene.arrivals}"):
        scene.check_count()
