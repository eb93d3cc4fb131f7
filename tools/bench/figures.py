"""The figures, their bars, and their output."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import override

type Figures = dict[str, float]
"""Values by key; those without a bar are only for comparison."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The limit that a figure must reach."""

    what: str
    limit: float
    at_least: bool = False
    """Whether larger is better."""

    def reached(self, value: float) -> bool:
        """Return whether a value reaches the limit."""
        return value >= self.limit if self.at_least else value <= self.limit

    @override
    def __str__(self) -> str:
        """Return the limit as text."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


BARS: Mapping[str, Bar] = {
    "latency_p50_vs_rest_command": Bar(
        what="trigger to arrival, median, ÷ rest_command", limit=0.85
    ),
    "latency_p99_vs_rest_command": Bar(
        what="trigger to arrival, 99th percentile, ÷ rest_command", limit=0.8
    ),
    "burst_vs_rest_command": Bar(
        what="settled per second in a burst ÷ rest_command", limit=1.5, at_least=True
    ),
    "burst_vs_aiohttp": Bar(
        what="settled per second in a burst ÷ bare aiohttp", limit=0.32, at_least=True
    ),
    "loop_stall_vs_rest_command": Bar(
        what="longest stall of the loop in that burst ÷ rest_command", limit=0.25
    ),
    "http_latency_p50_vs_rest_command": Bar(
        what="HTTP connection: trigger to arrival, median, ÷ rest_command", limit=0.9
    ),
    "http_burst_vs_rest_command": Bar(
        what="HTTP connection: settled per second in a burst ÷ rest_command",
        limit=1.5,
        at_least=True,
    ),
    "burst_cpu_vs_other": Bar(
        what="processor time of an event of a burst ÷ the other checkout", limit=0.6
    ),
    "set_up_cpu_vs_other": Bar(
        what="set-up of 4 connections and 100 rules ÷ the other checkout", limit=0.5
    ),
    "start_cpu_vs_other": Bar(
        what="the same at a start that knows their entities ÷ the other checkout",
        limit=0.5,
    ),
    "slow_disk_commits_per_delivery": Bar(
        what="commits for a delivery of a burst, on a disk that needs 20 ms", limit=0.04
    ),
    "slow_disk_settled_commits": Bar(
        what="a single event, trigger to settled, there ÷ the time of a commit",
        limit=2.25,
    ),
    "backlog_rss_mb": Bar(what="memory for 100,000 waiting deliveries", limit=15),
    "backlog_start_ms": Bar(what="set-up with those 100,000", limit=100),
    "import_vs_core": Bar(
        what="import ÷ that of core's automation and rest_command", limit=1
    ),
    "idle_wakeups_per_minute": Bar(
        what="wake-ups of four healthy connections with 100 rules", limit=4
    ),
    "rules_1000_vs_automations": Bar(
        what="1,000 rules armed ÷ 1,000 equal automations set up", limit=0.3
    ),
    "growth_10x": Bar(
        what="cost of a delivery with 100,000 waiting ÷ 10,000", limit=1.1
    ),
    "live_burst_s_vs_other": Bar(
        what="a burst on a live Frigate ÷ the other checkout", limit=0.2
    ),
    "live_alone_p50_ms_vs_other": Bar(
        what="one event, call to answer, ÷ the other checkout", limit=0.35
    ),
    "live_burst_start_late_p50_s": Bar(
        what="lateness of the starts in that burst, median", limit=1.5
    ),
    "live_burst_lost": Bar(what="events of it that were not delivered", limit=0),
}


def table(figures: Figures) -> str:
    """Return the figures as lines of text, those with a bar first."""
    lines = [
        f"{key:<30}{figures[key]:>10.2f}  {bar!s:<7} "
        f"{'yes' if bar.reached(figures[key]) else 'NO ':<4} {bar.what}"
        for key, bar in BARS.items()
        if key in figures
    ]
    lines += [
        f"{key:<44}{value:>10.2f}" for key, value in figures.items() if key not in BARS
    ]
    return "\n".join(lines)
