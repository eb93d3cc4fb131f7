"""A stand-in for values whose names only an outside system knows."""

from typing import Any, override


class Anything(dict[str, Any]):
    """A mapping that has every key: of unknown ones it says that they are a sample.

    What a webhook or an event brings is not known before it has come. Templates may
    ask for anything in it, as deep as they like.
    """

    def __init__(self, known: dict[str, Any] | None = None, name: str = "") -> None:
        """Hold what is known, and the name of the whole."""
        super().__init__(known or {})
        self._name = name

    def __missing__(self, key: str) -> Anything:
        """Return a sample for a key that is not known."""
        return Anything(name=str(key))

    @override
    def get(self, key: str, default: Any = None, /) -> Any:
        """Return a value, or the default, or else a sample."""
        return self[key] if key in self or default is None else default

    @override
    def __str__(self) -> str:
        """Return what is known, or words that say what this stands for."""
        if len(self):
            return super().__repr__()
        return f"Sample {self._name}".strip()

    __repr__ = __str__

    def __bool__(self) -> bool:
        """Be something."""
        return True

    def __int__(self) -> int:
        """Be a number where one is wanted."""
        return 1

    def __float__(self) -> float:
        """Be a number where one is wanted."""
        return 1.0
