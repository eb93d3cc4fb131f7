"""The two tiers of limits (facts §3)."""

from dataclasses import dataclass, field

from tools.simulators.clock import Clock

from .envelope import limited
from .settings import GuanceSettings

_WINDOW = 60.0


@dataclass
class Limits:
    """Counts requests in a window; the real limits are not published (facts §3)."""

    settings: GuanceSettings
    clock: Clock
    _times: list[float] = field(default_factory=list)

    def count(self) -> None:
        """Count a request; raise if it is over the limit."""
        now = self.clock.now()
        self._times = [time for time in self._times if time > now - _WINDOW]
        for limit, workspace in (
            (self.settings.rate_limit, False),
            (self.settings.workspace_rate_limit, True),
        ):
            if limit is not None and len(self._times) >= limit:
                raise limited(workspace=workspace)
        self._times.append(now)

    def forget(self) -> None:
        """Clear the count."""
        self._times.clear()
