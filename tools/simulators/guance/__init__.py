"""A simulator of the Open API of Guance and TrueWatch, based on facts/guance.md."""

from .settings import GuanceOptions, GuanceSettings
from .simulator import GuanceSimulator

__all__ = ["GuanceOptions", "GuanceSettings", "GuanceSimulator"]
