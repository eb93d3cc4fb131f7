"""Figures for people."""

from collections.abc import Iterable, Sequence

from .figures import Figures

HEADINGS = (
    "scenario",
    "homes",
    "429",
    "spread",
    "backlog",
    "requests",
    "refused",
    "peak/limit",
    "peak/mean",
    "drain",
    "ideal",
    "median",
    "longest",
    "ratio",
    "expired",
    "",
)
"""Times are in minutes; `ratio` is the longest wait to the median."""
_LEFT = (0, 2, len(HEADINGS) - 1)


def lines(rows: Iterable[Figures]) -> list[str]:
    """Return a table, one line for each run."""
    table = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [
        max(len(cells[column]) for cells in table) for column in range(len(HEADINGS))
    ]
    return [_line(cells, widths) for cells in table]


def _cells(row: Figures) -> tuple[str, ...]:
    return (
        row.scenario,
        f"{row.homes:,}",
        "when" if row.tells else "bare",
        f"{row.spread:.0f} s" if row.spread else "",
        f"{row.backlog:,}",
        f"{row.requests:,}",
        f"{row.refused:,}",
        f"{row.peak_to_limit:.2f}",
        f"{row.peak_to_mean:.2f}",
        _minutes(row.drain),
        _minutes(row.ideal),
        _minutes(row.median_wait),
        _minutes(row.longest_wait),
        f"{row.unfairness:.1f}",
        f"{row.expired:,}",
        " ".join(row.misses) and f"misses {', '.join(row.misses)}",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if column in _LEFT else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()
