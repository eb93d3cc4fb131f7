"""A simulator of Frigate NVR, 0.13 to 0.18, based on facts/frigate.md."""

from .settings import Camera, FrigateOptions, FrigateSettings
from .simulator import FrigateSimulator
from .threads import Part

__all__ = ["Camera", "FrigateOptions", "FrigateSettings", "FrigateSimulator", "Part"]
