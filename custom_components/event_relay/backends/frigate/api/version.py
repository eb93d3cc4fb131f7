"""Versions of Frigate, and the features of each."""

from dataclasses import dataclass, field
import re
from typing import Self, override

_VERSION = re.compile(
    r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?(?:[.+-][\w.+-]{0,80})?", re.ASCII
)


@dataclass(frozen=True, order=True)
class FrigateVersion:
    """A version; whatever follows the third number does not count for equality.

    The features are from the source of 0.12.1 to 0.18 and from runs of 0.17.2 and 0.18.
    """

    major: int
    minor: int
    patch: int = 0
    text: str = field(default="", compare=False)
    """As the server writes it, such as `0.18.0-e3fa701`."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the response of /version; forks append to it (`0.17.2.5+x`).

        Raises ValueError if it is not a version.
        """
        text = text.strip().strip('"')
        if (match := _VERSION.fullmatch(text)) is None:
            raise ValueError("not a version")
        major, minor, patch = (int(number or 0) for number in match.groups())
        return cls(major, minor, patch, text)

    @override
    def __str__(self) -> str:
        """Return the three numbers, without what a build appends."""
        return f"{self.major}.{self.minor}.{self.patch}"

    def _since(self, minor: int) -> bool:
        return (self.major, self.minor) >= (0, minor)

    @property
    def supported(self) -> bool:
        """Whether it is new enough: review items and logins came with 0.14."""
        return self._since(14)

    @property
    def takes_source_type(self) -> bool:
        """Whether create knows `source_type`: 0.13 to 0.16."""
        return self._since(13) and not self._since(17)

    @property
    def has_descriptions(self) -> bool:
        """Whether an event can be described: 0.15, with semantic search."""
        return self._since(15)

    @property
    def has_roles(self) -> bool:
        """Whether only an admin may write: 0.16."""
        return self._since(16)

    @property
    def has_explore(self) -> bool:
        """Whether the web app has a page for each event: 0.15."""
        return self._since(15)

    @property
    def reviews_by_label(self) -> bool:
        """Whether the label decides whether an event has a review item: 0.18."""
        return self._since(18)

    @property
    def links_times(self) -> bool:
        """Whether the web app's review page takes a camera and a time: 0.18."""
        return self._since(18)

    @property
    def keeps_draw(self) -> bool:
        """Whether `draw` is stored as it was sent, with our own key: 0.18."""
        return self._since(18)

    @property
    def back_dates(self) -> bool:
        """Whether create takes `pre_capture`, which allows back-dating: 0.18."""
        return self._since(18)
