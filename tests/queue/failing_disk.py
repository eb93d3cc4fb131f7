"""Errors of a disk, which the kernel itself returns to one thread."""

from collections.abc import Collection
import ctypes
import errno
import platform
import struct
import sys

_NUMBERS = {
    "x86_64": {
        "write": 1,
        "pwrite64": 18,
        "ftruncate": 77,
        "fallocate": 285,
        "fsync": 74,
        "fdatasync": 75,
        "openat": 257,
    },
    "aarch64": {
        "write": 64,
        "pwrite64": 68,
        "ftruncate": 46,
        "fallocate": 47,
        "fsync": 82,
        "fdatasync": 83,
        "openat": 56,
    },
}
"""Numbers of system calls."""
WRITES = ("write", "pwrite64", "ftruncate", "fallocate")
SYNCS = ("fsync", "fdatasync")
OPENS = ("openat",)
POSSIBLE = sys.platform == "linux" and platform.machine() in _NUMBERS

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


class _Program(ctypes.Structure):
    """A seccomp filter, see seccomp(2)."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def fail(calls: Collection[str], number: int) -> None:
    """Let system calls of this thread fail with an error, until the thread ends."""
    numbers = [_NUMBERS[platform.machine()][one] for one in calls]
    steps = [
        (_LOAD, 0, 0, 0),
        *(
            (_JUMP_IF_EQUAL, left, 0, one)
            for left, one in zip(range(len(numbers), 0, -1), numbers, strict=True)
        ),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | number),
    ]
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("HBBI", *step) for step in steps)
    )
    program = _Program(len(steps), ctypes.addressof(code))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or kernel.prctl(
        _SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), errno.errorcode[ctypes.get_errno()])
