"""Requests for known services."""

from .alertmanager import ALERTMANAGER
from .grafana import GRAFANA
from .home_assistant import HOME_ASSISTANT
from .influxdb import INFLUXDB
from .loki import LOKI
from .ntfy import NTFY
from .pagerduty import PAGERDUTY
from .preset import Preset
from .webhook import WEBHOOK

__all__ = ["BY_NAME", "PRESETS", "Preset"]

PRESETS: tuple[Preset, ...] = (
    WEBHOOK,
    HOME_ASSISTANT,
    NTFY,
    PAGERDUTY,
    GRAFANA,
    ALERTMANAGER,
    INFLUXDB,
    LOKI,
)
BY_NAME = {preset.name: preset for preset in PRESETS}
