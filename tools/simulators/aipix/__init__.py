"""A simulator of aipix, based on facts/aipix.md."""

from .settings import AipixOptions, AipixSettings
from .simulator import AipixSimulator

__all__ = ["AipixOptions", "AipixSettings", "AipixSimulator"]
