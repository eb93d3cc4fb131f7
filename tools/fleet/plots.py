"""Draws what reached the backend, as small SVG files that any page can show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .backend import BIN
from .figures import Series
from .runs import Run
from .simulation import Fleet

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 30, 34
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#57606a}"
    ".title{font-weight:600;fill:#24292f}"
    ".taken{fill:#2da44e}.refused{fill:#d4722a}"
    ".limit{stroke:#0969da;stroke-dasharray:5 3}.axis{stroke:#8c959f}"
    "@media(prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#f0f6fc}"
    ".taken{fill:#3fb950}.refused{fill:#e3873f}.limit{stroke:#58a6ff}"
    ".axis{stroke:#6e7681}}"
)
"""Readable on a light and on a dark page; the background is the page's."""
_KEY = '<tspan class="taken">■</tspan> taken <tspan class="refused">■</tspan> refused'


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One diagram: requests over time, in multiples of the limit."""

    title: str
    taken: Sequence[float]
    refused: Sequence[float]
    minutes: float
    """Of one bar."""


def write_plots(folder: Path, fleet: Fleet, spread: float) -> None:
    """Run what is shown for a fleet of a thousand homes, and write the pictures."""
    fleet = replace(fleet, homes=1000)
    shown = {
        "outage-10-min": [("Ten minutes without the backend", 0.0, 1)],
        "outage-day": [("A day without the backend", 0.0, 5)],
        "sharp": [
            ("A rule of every home at 08:00:00", 0.0, 1),
            (f"The same, delayed by up to {spread:.0f} s", spread, 1),
        ],
        "restart": [
            ("All homes restarted within a minute", 0.0, 1),
            (f"The same, delayed by up to {spread:.0f} s", spread, 1),
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for scenario, wanted in shown.items():
        panels = []
        for title, chosen, minutes in wanted:
            chosen_fleet = replace(fleet, spread=chosen)
            run = Run(scenario=scenario, fleet=chosen_fleet, tells=False)
            _, series = run.go()
            panels.append(make_panel(title, series, fleet.limit * fleet.homes, minutes))
        path = folder / f"fleet-{scenario}.svg"
        path.write_text(draw(panels), encoding="utf-8")


def make_panel(title: str, series: Series, limit: float, minutes: int) -> Panel:
    """Sum a series up into bars of some minutes; the limit is of one minute."""
    width = minutes * 60 // BIN
    return Panel(
        title=title,
        taken=_bars(series.taken, width, limit * minutes),
        refused=_bars(series.refused, width, limit * minutes),
        minutes=minutes,
    )


def draw(panels: Sequence[Panel]) -> str:
    """Return a picture with the panels below each other, on the same scale."""
    height = HEIGHT * len(panels)
    most = max(
        1.2,
        *(
            sum(both)
            for panel in panels
            for both in zip(panel.taken, panel.refused, strict=True)
        ),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        f"<title>{'; '.join(panel.title for panel in panels)}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate(0 {number * HEIGHT})">')
        parts += _panel(panel, most)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _bars(counts: Sequence[int], width: int, whole: float) -> list[float]:
    return [
        sum(counts[place : place + width]) / whole
        for place in range(0, len(counts) - width + 1, width)
    ]


def _panel(panel: Panel, most: float) -> list[str]:
    bottom = HEIGHT - _BOTTOM
    across = (WIDTH - _LEFT - _RIGHT) / max(1, len(panel.taken))
    up = (bottom - _TOP) / most

    def bar(kind: str, place: int, low: float, high: float) -> str:
        x, y = _LEFT + place * across, bottom - high * up
        size = f'width="{max(across - 0.5, 0.5):.1f}" height="{(high - low) * up:.1f}"'
        return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" {size}/>'

    parts = [
        f'<text class="title" x="{_LEFT}" y="16">{panel.title}</text>',
        f'<text x="{WIDTH - _RIGHT}" y="16" text-anchor="end">{_KEY}</text>',
    ]
    for place, (taken, refused) in enumerate(
        zip(panel.taken, panel.refused, strict=True)
    ):
        parts.append(bar("taken", place, 0, taken))
        if refused:
            parts.append(bar("refused", place, taken, taken + refused))
    parts += _axes(panel, bottom, bottom - up)
    return parts


def _axes(panel: Panel, bottom: float, limit: float) -> list[str]:
    right = WIDTH - _RIGHT
    whole = len(panel.taken) * panel.minutes
    unit, length = ("h", 60.0) if whole > 180 else ("min", 1.0)  # noqa: PLR2004
    parts = [
        f'<path class="axis" d="M{_LEFT} {bottom}H{right}"/>',
        f'<path class="limit" d="M{_LEFT} {limit:.1f}H{right}"/>',
        f'<text x="{_LEFT - 6}" y="{limit + 4:.1f}" text-anchor="end">limit</text>',
    ]
    step = max(1, round(whole / length / 6))
    for tick in range(0, int(whole / length) + 1, step):
        x = _LEFT + (right - _LEFT) * tick * length / whole
        parts.append(
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">'
            f"{tick} {unit}</text>"
        )
    return parts
