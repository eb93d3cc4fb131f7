"""A placeholder for values whose names only another system knows."""

from typing import Any, override


class Anything(dict[str, Any]):
    """A mapping that has every key; the values of unknown ones are samples.

    The content of a webhook or event is not known before it arrives. Templates may
    read any key of it, however deep.
    """

    def __init__(self, known: dict[str, Any] | None = None, name: str = "") -> None:
        """Initialize with known values and the name of the mapping."""
        super().__init__(known or {})
        self._name = name

    def __missing__(self, key: str) -> Anything:
        """Return a sample for an unknown key."""
        return Anything(name=str(key))

    @override
    def get(self, key: str, default: Any = None, /) -> Any:
        """Return a value, or the default, or else a sample."""
        return self[key] if key in self or default is None else default

    @override
    def __str__(self) -> str:
        """Return the known values, or text that names the placeholder."""
        if len(self):
            return super().__repr__()
        return f"Sample {self._name}".strip()

    __repr__ = __str__

    def __bool__(self) -> bool:
        """Return True, so that conditions on it hold."""
        return True

    def __int__(self) -> int:
        """Return a sample number."""
        return 1

    def __float__(self) -> float:
        """Return a sample number."""
        return 1.0
