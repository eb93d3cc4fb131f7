"""A simulator of Palabra's Events API, based on facts/palabra.md."""

from .settings import PalabraOptions, PalabraSettings
from .simulator import PalabraSimulator

__all__ = ["PalabraOptions", "PalabraSettings", "PalabraSimulator"]
