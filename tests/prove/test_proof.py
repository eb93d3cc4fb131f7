"""Tests of proofs: their actions and findings."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

import pytest

from tools.prove.findings import Verdict
from tools.prove.outcome import Exit
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.wire import Json, json_reply

from ..responses import respond
from .bench import KEY, PASSWORD, USER, Bench, different, make_bench, verdicts, words

ECHO: Json = {
    "message": f"{USER} with {PASSWORD} and {KEY}",
    "errors": {"title": ["canary in a title"], USER: ["canary"]},
    "errorCode": KEY,
}
KINDS = ("aipix", "administrator", "frigate", "guance", "palabra")


@pytest.mark.parametrize("bench", KINDS, indirect=True)
async def test_proof_confirms_its_assumptions(bench: Bench) -> None:
    proof = await bench.prove(try_wrong_key=True)
    assert different(proof) == set()
    assert proof.ended is Exit.PROVED
    reasons = {claim.name for claim in proof.findings.claims if claim.unseen}
    unseen = {name for name, one in verdicts(proof).items() if one is Verdict.UNSEEN}
    assert unseen | {"wrong_key"} == reasons | {"wrong_key"}
    # The administrator API has no look-up, and cannot delete its script.
    alone = bench.data.get("api") == "administrator"
    assert ("(lost on purpose)" in words(proof)) is not alone
    lasting = {"guance": 2, "aipix": int(alone)}
    assert len(bench.stored()) == lasting.get(bench.backend, 0) == proof.left.lasting
    assert list(bench.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("bench", "settings", "expected"),
    [
        ("palabra", {"sparse": True}, {"list_fields"}),
        ("palabra", {"older": True}, {"setup", "stored", "list_fields", "languages"}),
        ("guance", {"source": "user"}, {"source"}),
        ("guance", {"retention": "unlimited"}, {"retention"}),
        ("aipix", {"wrapped": True, "lists_scripts": False}, {"listed", "lost"}),
    ],
    indirect=["bench"],
)
async def test_proof_reports_differences(
    bench: Bench, settings: dict[str, Any], expected: set[str]
) -> None:
    bench.simulator.configure(**settings)
    proof = await bench.prove()
    assert different(proof) == expected
    assert proof.ended is Exit.DIFFERENT
    assert words(proof).count("**different**") == len(expected)


async def _spoil(bench: Bench, what: str) -> None:
    match what:
        case "away":
            await bench.simulator.stop()
        case "key":
            bench.simulator.expire_logins()
            for name in ("api_key", "password"):
                if name in bench.data:
                    bench.data[name] = "canary-wrong"
        case _:
            bench.simulator.configure(**{what: what == "empty_balance"})


@pytest.mark.parametrize(
    ("bench", "spoilt", "expected", "code"),
    [
        ("palabra", "away", Exit.NO_CONTACT, "cannot_connect"),
        ("aipix", "key", Exit.CREDENTIALS, "invalid_auth"),
        ("guance", "key", Exit.CREDENTIALS, "invalid_api_key"),
        ("palabra", "key", Exit.CREDENTIALS, "credentials_refused"),
        ("aipix", "permitted", Exit.PERMISSION, "permission_denied"),
        ("aipix", "licensed", Exit.PERMISSION, "licence"),
        ("guance", "may_write", Exit.PERMISSION, "permission_denied"),
        ("guance", "may_query", Exit.PERMISSION, "permission_denied"),
        ("palabra", "empty_balance", Exit.PERMISSION, "balance_empty"),
    ],
    indirect=["bench"],
)
async def test_errors_that_stop_a_proof(
    bench: Bench, spoilt: str, expected: Exit, code: str
) -> None:
    await _spoil(bench, spoilt)
    proof = await bench.prove()
    assert proof.ended is expected
    assert proof.error == code
    assert f"`{code}`" in words(proof)


@pytest.mark.parametrize("bench", ["palabra"], indirect=True)
async def test_slow_system_is_reported(bench: Bench) -> None:
    bench.request, bench.patience = 0.1, 0.3
    bench.simulator.add_faults(Fault(kind=FaultKind.HANG, method="POST", times=None))
    proof = await bench.prove()
    assert proof.ended is Exit.TOO_SLOW


@pytest.mark.parametrize("skip", [2, 5])
@pytest.mark.parametrize("bench", ["palabra"], indirect=True)
async def test_odd_responses_are_reported_in_plain_words(
    bench: Bench, skip: int
) -> None:
    kinds = (FaultKind.GARBAGE, FaultKind.HALF_BODY, FaultKind.STATUS)
    bench.simulator.add_faults(
        *(Fault(kind=kind, skip=skip, status=500, body=ECHO) for kind in kinds)
    )
    bench.patience = 1.0
    proof = await bench.prove()
    assert f"(Exit code {proof.ended.value}.)" in words(proof)
    bench.simulator.clear_faults()
    await bench.prove(only_clean=True)
    assert bench.stored() == []


@pytest.mark.parametrize("bench", ["aipix"], indirect=True)
async def test_confidential_data_stays_out_of_the_report(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`prove` of the bench checks that the report contains none of it."""
    simulator = bench.simulator
    assert isinstance(simulator, AipixSimulator)
    simulator.settings.version = f"24.{USER}"
    static: dict[str, Json] = {f"reaction_{USER}": [{"id": 1, "name": "canary"}]}
    monkeypatch.setattr(simulator, "_static", lambda: json_reply(static))
    bench.data["event"] = 41
    simulator.add_faults(respond(422, ECHO, method="PUT", times=None))
    proof = await bench.prove()
    assert {"reactions_key", "weekdays", "disabled"} <= different(proof)
    assert "| Version | another value |" in words(proof)
    assert "`static` has the reactions as `reactions` | **different** | 1 more |" in (
        words(proof)
    )


class Killed(BaseException):
    """Ends a run at once."""


@pytest.mark.parametrize(
    ("bench", "step"),
    [("aipix", "set a mark"), ("guance", "find it by its tag")],
    indirect=["bench"],
)
async def test_objects_of_a_killed_run_are_removed(
    bench: Bench, step: str, tmp_path: Path
) -> None:
    def kill(line: str) -> None:
        if step in line:
            # Keep the current files: a killed process removes nothing.
            shutil.copytree(bench.folder, tmp_path / "image")
            bench.simulator.add_faults(Fault(kind=FaultKind.REFUSE, times=None))
            raise Killed

    with pytest.raises(Killed):
        await bench.prove(say=kill)
    assert bench.stored()
    await _clean_by_image(bench, tmp_path, others=0)


@pytest.mark.parametrize("bench", ["palabra"], indirect=True)
async def test_object_in_flight_at_a_kill_is_removed(
    bench: Bench, tmp_path: Path
) -> None:
    assert isinstance(bench.simulator, PalabraSimulator)
    now = datetime.now(UTC)
    bench.simulator.add("Event Relay test of ours", now, now + timedelta(hours=1))
    bench.simulator.add_faults(
        Fault(kind=FaultKind.HANG, method="POST", path="*/event", handled=True)
    )
    running = asyncio.create_task(bench.prove())
    while len(bench.stored()) < 2:
        await asyncio.sleep(0.01)
    shutil.copytree(bench.folder, tmp_path / "image")
    bench.simulator.add_faults(Fault(kind=FaultKind.REFUSE, times=None))
    running.cancel()
    proof = await running
    assert proof.left.unknown
    assert "could not be found out" in words(proof)
    await _clean_by_image(bench, tmp_path, others=1)


async def _clean_by_image(bench: Bench, tmp_path: Path, *, others: int) -> None:
    """Clean up after a killed run; objects of others stay."""
    bench.simulator.clear_faults()
    shutil.rmtree(bench.folder)
    shutil.copytree(tmp_path / "image", bench.folder)
    files = [path for path in bench.folder.rglob("*") if path.is_file()]
    assert files
    assert not any(b"canary" in path.read_bytes() for path in files)
    proof = await bench.prove(only_clean=True)
    assert proof.ended is Exit.PROVED
    assert len(bench.stored()) == others + proof.left.lasting
    assert bool(proof.left.lasting) is (bench.backend == "guance")
    assert list(bench.folder.iterdir()) == []


@pytest.mark.parametrize("bench", ["palabra"], indirect=True)
async def test_interrupted_run_removes_its_objects(bench: Bench) -> None:
    bench.simulator.add_faults(
        Fault(kind=FaultKind.HANG, method="POST", path="*/event", skip=1)
    )
    running = asyncio.create_task(bench.prove())
    while not any("read it back" in line for line in bench.said):
        await asyncio.sleep(0.01)
    assert bench.stored()
    running.cancel()
    proof = await running
    assert proof.ended is Exit.INTERRUPTED
    assert bench.stored() == []
    assert list(bench.folder.iterdir()) == []


@pytest.mark.parametrize("bench", ["palabra"], indirect=True)
async def test_remaining_objects_are_reported(bench: Bench) -> None:
    bench.simulator.add_faults(respond(500, method="DELETE", times=None))
    bench.patience = 0.3
    proof = await bench.prove()
    assert proof.left.remaining == 2
    assert "could not be removed: 2" in words(proof)
    assert len(list(bench.folder.iterdir())) == 1
    bench.simulator.clear_faults()
    proof = await bench.prove(only_clean=True)
    assert proof.ended is Exit.PROVED
    assert bench.stored() == []


async def test_private_certificate_is_accepted(tmp_path: Path) -> None:
    bench = make_bench("aipix", tmp_path)
    async with AipixSimulator(tls=True, user=USER, password=PASSWORD) as simulator:
        bench.simulator, bench.data["url"] = simulator, simulator.url
        proof = await bench.prove()
        assert (proof.ended, proof.error) == (Exit.NO_CONTACT, "certificate")
        proof = await bench.prove(verify_ssl=False, only_clean=True)
        assert (proof.ended, proof.error) == (Exit.PROVED, None)
