"""The settings by which Frigate makes review items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ...base import Json
from ...reading import part


@dataclass(frozen=True, kw_only=True)
class ReviewSettings:
    """The settings of a camera that decide whether an event gets a review item."""

    alerts: bool
    detections: bool
    labels: tuple[str, ...] | None
    """Labels that are detections; None for all that are not alerts."""

    @classmethod
    def parse(cls, camera: Mapping[str, Json]) -> Self:
        """Read them from a camera of /config."""
        review = part(camera, "review")
        alerts, detections = part(review, "alerts"), part(review, "detections")
        labels = detections.get("labels")
        return cls(
            alerts=alerts.get("enabled") is not False,
            detections=detections.get("enabled") is not False,
            labels=(
                tuple(label for label in labels if isinstance(label, str))
                if isinstance(labels, list)
                else None
            ),
        )

    def shown_label(self, label: str) -> str | None:
        """Return a label whose event certainly gets a review item, preferably this one.

        None if no event can get one and Frigate does not expect that (0.18, source):
        alerts are off, and the list of detection labels is empty.
        """
        if self.alerts or not self.detections or self.labels is None:
            return label
        if label in self.labels:
            return label
        return self.labels[0] if self.labels else None
