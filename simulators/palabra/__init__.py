"""A stand-in for Palabra's Events API, as facts/palabra.md has it."""

from .settings import PalabraOptions, PalabraSettings
from .simulator import PalabraSimulator

__all__ = ["PalabraOptions", "PalabraSettings", "PalabraSimulator"]
