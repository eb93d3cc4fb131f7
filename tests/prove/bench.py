"""Proofs on simulators, in a fraction of their time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.prove.findings import Verdict
from tools.prove.proof import Order, prove
from tools.prove.report import Proof, markdown
from tools.prove.toolbox import Tempo
from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.settings import named_cameras
from tools.simulators.guance import GuanceSimulator
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.server import Simulator

USER = "canaryuser"
PASSWORD = "canarypassword"
KEY = "canarykey"
NAME = "canary of a workspace"
CANARIES = ("canary", "127.0.0.1", "localhost", "Event Relay test")
"""Texts that no report may contain: the data of each simulator contains one."""


@dataclass
class Hurried:
    """A clock that only moves while somebody waits for it."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@dataclass(kw_only=True)
class Bench:
    """One simulator, and proofs on it."""

    backend: str
    simulator: Simulator
    data: dict[str, Any]
    folder: Path
    said: list[str] = field(default_factory=list)
    request: float | None = None
    patience: float = 20.0

    @property
    def order(self) -> Order:
        """Return the order for a proof."""
        clock = Hurried()
        return Order(
            backend=self.backend,
            data=self.data,
            folder=self.folder,
            tempo=Tempo(
                patience=self.patience,
                request=self.request,
                look_up_after=(0.02,),
                between_looks=0.0,
                monotonic=clock,
                sleep=clock.sleep,
            ),
            say=self.said.append,
        )

    async def prove(self, **changes: object) -> Proof:
        """Run the proof; in any case report and output hold nothing confidential."""
        changed: dict[str, Any] = {**vars(self.order), **changes}
        proof = await prove(Order(**changed))
        report = markdown(proof)
        for canary in CANARIES:
            assert canary not in report
            assert canary not in "\n".join(self.said)
        assert str(self.simulator.port) not in report
        return proof

    def stored(self) -> list[Any]:
        """Return the simulator's stored items."""
        return self.simulator.stored_events()


def make_bench(kind: str, folder: Path) -> Bench:
    """Return a simulator that has not started: of a backend, or aipix's other API."""
    folder = folder / "state"
    match kind:
        case "palabra":
            palabra = PalabraSimulator(api_key=KEY)
            key = {"api_key": KEY, "client_id": "", "client_secret": ""}
            return Bench(backend=kind, simulator=palabra, data=key, folder=folder)
        case "frigate":
            frigate = FrigateSimulator(
                user=USER,
                password=PASSWORD,
                cameras=named_cameras(["canary_camera"]),
                async_delay=0.0,
            )
            user = {"username": USER, "password": PASSWORD}
            return Bench(backend=kind, simulator=frigate, data=user, folder=folder)
        case "guance":
            guance = GuanceSimulator(api_key=KEY, name=NAME, ingest_lag=0.0)
            return Bench(
                backend=kind, simulator=guance, data={"api_key": KEY}, folder=folder
            )
        case _:
            aipix = AipixSimulator(user=USER, password=PASSWORD)
            login: dict[str, Any] = {"username": USER, "password": PASSWORD}
            login["api"] = "client"
            if kind == "administrator":
                login |= {"api": "administrator", "event": 41}
            return Bench(backend="aipix", simulator=aipix, data=login, folder=folder)


def verdicts(proof: Proof) -> Mapping[str, Verdict]:
    """Return the verdict of each claim."""
    return {
        claim.name: proof.findings.of(claim).verdict for claim in proof.findings.claims
    }


def different(proof: Proof) -> set[str]:
    """Return the claims that do not hold."""
    return {
        name
        for name, verdict in verdicts(proof).items()
        if verdict is Verdict.DIFFERENT
    }


def words(proof: Proof) -> str:
    """Return the report."""
    return markdown(proof)
