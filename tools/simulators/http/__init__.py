"""A simulator of any HTTP API: notes are written, looked up, changed and ended."""

from .settings import HttpOptions, HttpSettings
from .simulator import HttpSimulator

__all__ = ["HttpOptions", "HttpSettings", "HttpSimulator"]
