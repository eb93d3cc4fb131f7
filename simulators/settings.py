"""Settings of what stands in for outside systems, changed from JSON at run time."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from .wire import Json

type Reader = Callable[[Json], object]
"""Returns the value of a setting; raises ValueError for what it does not take."""


class Settings:
    """What can be set; a dataclass of it says by `readers` what each field takes."""

    readers: ClassVar[Mapping[str, Reader]]

    def change(self, name: str, value: Json) -> None:
        """Set one field from JSON; raise ValueError if that cannot be."""
        if (reader := self.readers.get(name)) is None:
            raise ValueError(
                f"unknown setting {name}; known: {', '.join(self.readers)}"
            )
        setattr(self, name, reader(value))


def refused(value: Json) -> ValueError:
    """Return what to raise for a value of another type."""
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
    """Return a reader that takes null, too."""
    return lambda value: None if value is None else reader(value)
