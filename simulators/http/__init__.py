"""A stand-in for any HTTP API: notes that are written, looked up, changed and ended."""

from .settings import HttpOptions, HttpSettings
from .simulator import HttpSimulator

__all__ = ["HttpOptions", "HttpSettings", "HttpSimulator"]
