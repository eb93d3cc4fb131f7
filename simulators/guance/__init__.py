"""A stand-in for the Open API of Guance and TrueWatch, as facts/guance.md has it."""

from .settings import GuanceOptions, GuanceSettings
from .simulator import GuanceSimulator

__all__ = ["GuanceOptions", "GuanceSettings", "GuanceSimulator"]
