"""Compare the simulated Frigate with a live one."""

from .command import add_frigate

__all__ = ["add_frigate"]
