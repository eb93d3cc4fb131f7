"""The cases of all backends, each in its `canaries.py`."""

from tests.canaries import Case
from tests.every_backend import described

CASES = described(Case, "canaries")
