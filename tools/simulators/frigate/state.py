"""The state of a running Frigate."""

from dataclasses import dataclass, field

from tools.simulators.clock import Clock

from .auth import Auth
from .front import ApiCache
from .objects import Objects
from .review import Reviews
from .settings import FrigateSettings
from .store import EventStore
from .threads import Threads

_RESTART_DURATION = 30.0


@dataclass
class FrigateState:
    """The parts, made from the settings."""

    settings: FrigateSettings
    clock: Clock
    store: EventStore = field(default_factory=EventStore)
    auth: Auth = field(init=False)
    cache: ApiCache = field(init=False)
    threads: Threads = field(init=False)
    reviews: Reviews = field(init=False)
    objects: Objects = field(init=False)
    started_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Create the parts."""
        self.auth = Auth(self.settings, self.clock)
        self.cache = ApiCache(self.clock)
        self.threads = Threads(self.settings)
        self.reviews = Reviews(self.settings, self.clock, self.threads)
        self.objects = Objects(
            self.settings, self.clock, self.threads, self.store, self.reviews
        )
        self.started_at = self.clock.now()

    def restart(self, *, graceful: bool) -> None:
        """Restart: revive threads, close open events (facts §2.2, §2.3).

        After a crash they end at start + 30; a graceful stop ends them now, without a
        snapshot.
        """
        self.threads.restart()
        self.store.restart()
        self.reviews.restart()
        self.objects.restart()
        self.cache.clear()
        self.auth.forget_attempts()
        self.started_at = self.clock.now()
        for event in self.store.rows.values():
            if event.end_time is not None:
                continue
            if graceful:
                event.end_time = self.clock.now()
                event.has_snapshot = False
            else:
                event.end_time = event.start_time + _RESTART_DURATION

    def flush(self) -> None:
        """Do all pending work at once."""
        self.threads.flush()
        self.store.flush()

    def clear(self) -> None:
        """Delete all events."""
        self.threads.restart()
        self.store.clear()
        self.reviews.clear()
        self.objects.restart()
        self.cache.clear()
        self.auth.forget_attempts()
