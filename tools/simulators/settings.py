"""Settings of simulated systems, changed from JSON at run time."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from .wire import Json

type Reader = Callable[[Json], object]
"""Returns the value of a setting; raises ValueError if it is invalid."""


class Settings:
    """Settings; a dataclass names a reader for each field in `readers`."""

    readers: ClassVar[Mapping[str, Reader]]

    def change(self, name: str, value: Json) -> None:
        """Set one field from JSON; raise ValueError if it is invalid."""
        if (reader := self.readers.get(name)) is None:
            raise ValueError(
                f"unknown setting {name}; known: {', '.join(self.readers)}"
            )
        setattr(self, name, reader(value))


def refused(value: Json) -> ValueError:
    """Return the error for a value of another type."""
    return ValueError(f"{value!r} is not of the type the setting takes")


def text(value: Json) -> str:
    """Read a text, which may be empty."""
    if not isinstance(value, str):
        raise refused(value)
    return value


def filled_text(value: Json) -> str:
    """Read a text that is not empty."""
    if not (read := text(value)):
        raise refused(value)
    return read


def flag(value: Json) -> bool:
    """Read a truth value."""
    if not isinstance(value, bool):
        raise refused(value)
    return value


def seconds(value: Json) -> float:
    """Read a number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise refused(value)
    return float(value)


def whole(value: Json) -> int:
    """Read a number that is not negative, without its fraction."""
    return int(seconds(value))


def or_none[T](reader: Callable[[Json], T]) -> Callable[[Json], T | None]:
    """Return a reader that also accepts null."""
    return lambda value: None if value is None else reader(value)
