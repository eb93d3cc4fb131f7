"""The cases of all backends."""

from .aipix import canaries as aipix
from .frigate import canaries as frigate
from .guance import canaries as guance
from .palabra import canaries as palabra

CASES = {
    "frigate": frigate.CASE,
    "aipix": aipix.CASE,
    "guance": guance.CASE,
    "palabra": palabra.CASE,
    "palabra, older credentials": palabra.PAIR_CASE,
}
