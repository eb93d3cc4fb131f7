"""A stand-in for aipix, as facts/aipix.md has it."""

from .settings import AipixOptions, AipixSettings
from .simulator import AipixSimulator

__all__ = ["AipixOptions", "AipixSettings", "AipixSimulator"]
