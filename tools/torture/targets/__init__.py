"""The connections under torture, all in one Home Assistant."""

from collections.abc import Sequence
import secrets

from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.http import HttpSimulator
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.server import Simulator

from .aipix import AipixAdministratorTarget, AipixTarget
from .frigate import FrigateTarget
from .guance import GuanceTarget
from .http import AskingTarget, LookedUpTarget, RepeatedTarget, TwiceTarget
from .palabra import PalabraTarget
from .target import Target

__all__ = ["BACKENDS", "OLDER_FRIGATE", "AnyTarget", "Target", "make_targets"]

type AnyTarget = Target[Simulator]

BACKENDS = ("frigate", "guance", "palabra", "aipix", "http")
OLDER_FRIGATE = "0.17.2"
"""A Frigate that does not store our ids."""
_MANY_SESSIONS = 100_000
"""Each kill leaves a session behind, which nobody can end any more."""
_INGEST_SECONDS = 5.0


def make_targets(
    backends: Sequence[str] = BACKENDS,
    older_frigate: str = OLDER_FRIGATE,
    write_time: int | None = None,
) -> Sequence[AnyTarget]:
    """Return the targets of some backends, with simulators that are not running yet.

    `write_time`: the longest time in seconds until any of them shows a write.
    """
    secret = secrets.token_hex(16)
    newer = FrigateSimulator(password=secret)
    older = FrigateSimulator(password=secret, version=older_frigate)
    guance = GuanceSimulator(api_key=secret, ingest_lag=_INGEST_SECONDS)
    palabra = PalabraSimulator(api_key=f"plbr_{secret}")
    client = AipixSimulator(password=secret, session_limit=_MANY_SESSIONS)
    administrator = AipixSimulator(password=secret)
    targets: Sequence[AnyTarget] = (
        FrigateTarget("frigate 0.18", newer),
        FrigateTarget(f"frigate {_short(older_frigate)}", older),
        GuanceTarget("guance", guance),
        PalabraTarget("palabra", palabra),
        AipixTarget("aipix client", client),
        AipixAdministratorTarget("aipix admin", administrator),
        RepeatedTarget("http repeats", HttpSimulator(token=secret)),
        LookedUpTarget("http looks up", HttpSimulator(token=secret), write_time),
        AskingTarget("http asks", HttpSimulator(token=secret)),
        TwiceTarget("http twice", HttpSimulator(token=secret)),
    )
    return [target for target in targets if target.backend in backends]


def _short(version: str) -> str:
    """Return the first two numbers of a version."""
    return ".".join(version.split(".")[:2])
