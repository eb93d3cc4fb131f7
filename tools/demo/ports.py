"""A free port, reserved from a second demo that starts at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import socket

HOST = "127.0.0.1"
FIRST_PORT = 8123
_LAST_PORT = 65535


@contextmanager
def reserved_port(first: int = FIRST_PORT) -> Iterator[int]:
    """Yield the first free port from first up; raise OSError if there is none."""
    for port in range(first, _LAST_PORT + 1):
        if (claim := _claim(port)) is not None:
            with claim:
                yield port
            return
    raise OSError(errno.EADDRINUSE, f"no port from {first} up is free")


def _claim(port: int) -> socket.socket | None:
    """Return a claim to a free port, None if the port is taken.

    Home Assistant binds the TCP port seconds later, so the claim is the UDP port with
    the same number: it keeps other demos away, and ends with this process.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError:
        claim.close()
        return None
    return claim
