"""Checks of workflows, issue forms and the archive of a release."""

from collections.abc import Iterator
import os
from pathlib import Path
import re
import subprocess
from typing import Any
from zipfile import ZipFile

import pytest

from .files import PACKAGE, ROOT, read_json, read_yaml

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
ACTION = re.compile(r"[\w.-]+(/[\w.-]+)+@(v?\d[\w.]*|[0-9a-f]{40})")
UNRELEASED = {"home-assistant/actions/hassfest@master", "hacs/action@main"}
"""Actions that are used from their branch, as validators require."""
VERSION = read_json(PACKAGE / "manifest.json")["version"]


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps of all jobs of a workflow."""
    for job in workflow["jobs"].values():
        assert job["runs-on"] == "ubuntu-24.04"
        assert job["timeout-minutes"]
        yield from job["steps"]


def test_workflows_exist() -> None:
    names = ["nightly", "release", "tests", "validate"]
    assert [path.stem for path in WORKFLOWS] == names


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_is_valid_and_pinned(path: Path) -> None:
    workflow = read_yaml(path)
    assert {"name", "permissions", "jobs"} <= set(workflow)
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert step["uses"] in UNRELEASED or ACTION.fullmatch(step["uses"])
            continue
        for script in re.findall(r"\bscript/\w+", step["run"]):
            assert os.access(ROOT / script, os.X_OK), script


def test_all_checks_are_run() -> None:
    _, _, tests, validate = WORKFLOWS
    said = [step.get("run") for step in steps(read_yaml(tests))]
    assert "script/test" in said
    used = [step.get("uses", "") for step in steps(read_yaml(validate))]
    assert any("hassfest" in action for action in used)
    assert any("hacs/action" in action for action in used)


def test_site_is_built_for_changes_and_releases() -> None:
    _, release, tests, _ = WORKFLOWS
    building = [
        job
        for path in (release, tests)
        for job in read_yaml(path)["jobs"].values()
        if any(step.get("run") == "script/build_site" for step in job["steps"])
    ]
    deployed, built = building
    assert deployed["needs"] == "release"
    assert deployed["permissions"]["pages"] == "write"
    assert any("deploy-pages" in step.get("uses", "") for step in deployed["steps"])
    assert "permissions" not in built


def test_long_checks_are_run_every_night() -> None:
    nightly = read_yaml(WORKFLOWS[0])
    search = nightly["jobs"]["search"]
    assert search["env"]["HYPOTHESIS_PROFILE"] == "thorough"
    assert search["steps"][-1]["run"] == "script/test"
    said = [step.get("run", "") for step in steps(nightly)]
    assert any(one.startswith("script/torture --kills ") for one in said)


@pytest.mark.parametrize(
    "path",
    [path for path in FORMS if path.stem != "config"],
    ids=lambda path: path.stem,
)
def test_issue_form_is_valid(path: Path) -> None:
    form = read_yaml(path)
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))
    assert all(part["attributes"] for part in form["body"])


def test_bug_report_asks_for_diagnostics() -> None:
    body = read_yaml(ROOT / ".github/ISSUE_TEMPLATE/bug.yml")["body"]
    (diagnostics,) = [part for part in body if part.get("id") == "diagnostics"]
    assert diagnostics["validations"] == {"required": True}


def release_zip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script that packages a release."""
    return subprocess.run(  # noqa: S603 our own command
        [ROOT / "script/release_zip", *arguments],
        capture_output=True,
        check=False,
        text=True,
    )


def test_release_contains_the_integration(tmp_path: Path) -> None:
    archive = tmp_path / "event_relay.zip"
    packed = release_zip(f"v{VERSION}", str(archive))
    assert packed.returncode == 0, packed.stderr
    with ZipFile(archive) as content:
        names = set(content.namelist())
        assert f'"version": "{VERSION}"' in content.read("manifest.json").decode()
    assert {"__init__.py", "translations/en.json", "brand/icon.png"} <= names


def test_release_of_another_version_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "event_relay.zip"
    assert release_zip("v99.0.0", str(archive)).returncode == 1
    assert not archive.exists()
