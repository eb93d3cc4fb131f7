"""Checks of the files of the repository."""

from collections.abc import Iterator
from importlib.metadata import distributions
import os
from pathlib import Path
import re
import subprocess

import pytest

from .files import ROOT

REGISTRIES = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "deb" + "ian"])
FOLDERS = "|".join(
    ["wo" + "rk", "fa" + "rm", "ro" + "ot", "home/[a-z]+", "Users/[A-Za-z]+"]
)
TRACES = {
    "package registry": re.compile(rf"https?://[^/ \"']*\b({REGISTRIES})\."),
    "path of a machine": re.compile(rf"(^|[\s\"'`=(:])/({FOLDERS})/", re.MULTILINE),
}
README_SIZE = 4096


def files() -> Iterator[Path]:
    """Yield the files of the repository, including the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            yield path


def traces(text: str) -> list[str]:
    """Return the parts of a text that reveal the machine of its author."""
    return [kind for kind, pattern in TRACES.items() if pattern.search(text)]


def test_no_file_reveals_a_machine() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {kind}" for kind in traces(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "py" + "pi.org/simple",
        "url = 'http://deb." + "deb" + "ian.org'",
        "read /" + "wo" + "rk/notes",
        '"/' + "home/someone/x",
    ],
)
def test_traces_of_a_machine_are_detected(text: str) -> None:
    assert len(traces(text)) == 1


@pytest.mark.parametrize(
    "text", ["https://github.com/event-relay", "a/work/of art", "/config/x", "home/x"]
)
def test_ordinary_text_passes(text: str) -> None:
    assert traces(text) == []


def test_readme_is_short_and_starts_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_bytes()
    assert len(readme) <= README_SIZE
    blocks = re.findall(
        r"^```\w*\n(.*?)^```", readme.decode(), re.MULTILINE | re.DOTALL
    )
    commands = [line.split("#")[0].strip() for line in blocks[0].splitlines()]
    assert commands == ["script/demo", "script/test"]


def test_scripts_are_executable() -> None:
    for folder in ("script", ".ci"):
        for path in (ROOT / folder).iterdir():
            if path.is_file():
                assert path.read_bytes().startswith(b"#!"), path
                assert os.access(path, os.X_OK), path


def compiled_here() -> Iterator[str]:
    """Yield the installed packages that were compiled here.

    Wheels from an index have portable tags, such as manylinux; those that are built
    locally do not.
    """
    for package in distributions():
        tags = re.findall(
            r"^Tag: (.*)$", package.read_text("WHEEL") or "", re.MULTILINE
        )
        if any(re.search(r"-linux_\w+$", tag) for tag in tags):
            yield package.name


def test_no_package_was_compiled() -> None:
    assert list(compiled_here()) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-site.txt"])
def test_requirements_are_pinned(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    assert lines
    loose = [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.+!]+", line)]
    assert loose == []
