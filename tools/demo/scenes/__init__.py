"""The scenes of the demo, one for each backend, with their checks."""

from collections.abc import Sequence
import secrets

from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.http import HttpSimulator
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.server import Simulator

from .aipix import AipixScene
from .frigate import FrigateScene
from .guance import GuanceScene
from .http import HttpScene
from .palabra import PalabraScene
from .scene import Disproved, Scene

__all__ = ["Disproved", "Scene", "make_scenes"]


def make_scenes() -> Sequence[Scene[Simulator]]:
    """Return all scenes in order, with simulators that are not running yet."""
    secret = secrets.token_hex(16)
    return (
        FrigateScene(FrigateSimulator(password=secret)),
        GuanceScene(GuanceSimulator(api_key=secret, name="Guance workspace")),
        AipixScene(AipixSimulator(password=secret)),
        PalabraScene(PalabraSimulator(api_key=f"plbr_{secret}")),
        HttpScene(HttpSimulator(token=secret)),
    )
