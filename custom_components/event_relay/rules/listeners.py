"""Listeners by owner, such as a rule."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback


class Listeners[**P]:
    """Calls listeners; each belongs to one owner.

    The owner is a subentry id, or None for what concerns the whole connection.
    """

    def __init__(self) -> None:
        """Initialize without listeners."""
        self._by_owner: dict[str | None, list[Callable[P, None]]] = {}

    @callback
    def add(
        self, listener: Callable[P, None], owner: str | None = None
    ) -> CALLBACK_TYPE:
        """Add a listener; return a callback to remove it."""
        listeners = self._by_owner.setdefault(owner, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def notify(self, owner: str | None, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call the listeners of one owner; they may remove themselves meanwhile."""
        for listener in tuple(self._by_owner.get(owner, ())):
            listener(*args, **kwargs)

    @callback
    def notify_with_all(
        self, owner: str | None, /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call the listeners of the whole connection, then those of an owner."""
        self.notify(None, *args, **kwargs)
        if owner is not None:
            self.notify(owner, *args, **kwargs)
