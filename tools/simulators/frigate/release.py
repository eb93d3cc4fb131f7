"""The differences between the versions of Frigate (facts §5)."""

from dataclasses import dataclass
import re
from typing import Self

_FULL = {
    "0.13": "0.13.2-6476f8a",
    "0.14": "0.14.1-f4f3cfa",
    "0.15": "0.15.2-0000000",
    "0.16": "0.16.4-4131252",
    "0.17": "0.17.2-0000000",
    "0.18": "0.18.0-e3fa701",
}
_HEAD = "-e3fa701"
"""The commit of the development head that was run (facts §9)."""


@dataclass(frozen=True)
class Release:
    """One version of Frigate, and its features."""

    text: str
    """Response of /version: X.Y.Z-hash (facts §5)."""
    number: tuple[int, int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a full or short version; raise ValueError below 0.13.

        0.12 has neither create nor end (facts §5).
        """
        full = _FULL.get(text, text)
        match = re.match(r"(\d+)\.(\d+)\.\d+", full)
        number = (int(match[1]), int(match[2])) if match else (0, 0)
        if number < (0, 13):
            raise ValueError(f"{text} is not a version that can be simulated")
        return cls(full if re.search(r"[-+]", full) else f"{full}-0000000", number)

    def _since(self, minor: int) -> bool:
        return self.number >= (0, minor)

    @property
    def authentication(self) -> bool:
        """Whether logins exist (facts §5: 0.14)."""
        return self._since(14)

    @property
    def validates(self) -> bool:
        """Whether FastAPI refuses wrong types with 422 (facts §5: 0.15)."""
        return self._since(15)

    @property
    def asynchronous(self) -> bool:
        """Whether 200 comes before the row is written (facts §2.2: 0.16)."""
        return self._since(16)

    @property
    def roles(self) -> bool:
        """Whether only admins may write (facts §4: 0.16)."""
        return self._since(16)

    @property
    def end_checks(self) -> bool:
        """Whether /end knows the id and checks end_time (facts §3: 0.17)."""
        return self._since(17)

    @property
    def source_type(self) -> bool:
        """Whether create takes source_type (facts §2: up to 0.16)."""
        return not self._since(17)

    @property
    def issued_at(self) -> bool:
        """Whether tokens carry iat (facts §4: 0.17)."""
        return self._since(17)

    @property
    def cookie_age(self) -> bool:
        """Whether a login's cookie has Max-Age (facts §9: the development head)."""
        return self._since(19) or self.text.endswith(_HEAD)

    @property
    def denies_by_default(self) -> bool:
        """Whether only admins may call what is not open to all (facts §5: 0.17)."""
        return self._since(17)

    @property
    def refresh_seconds(self) -> float:
        """How long before its end a cookie is refreshed (facts §4)."""
        return 1800 if self._since(17) else 43200

    @property
    def describes_reviews(self) -> bool:
        """Whether review items have room for a description (0.17, run; 0.16 not)."""
        return self._since(17)

    @property
    def pre_capture(self) -> bool:
        """Whether create takes pre_capture (facts §2: 0.18)."""
        return self._since(18)

    @property
    def keeps_draw(self) -> bool:
        """Whether draw is stored unparsed (facts §2.3, §2.4: 0.18)."""
        return self._since(18)

    @property
    def scopes_labels(self) -> bool:
        """Whether the labels of an unknown camera are refused (0.18, run)."""
        return self._since(18)

    @property
    def severity_by_label(self) -> bool:
        """Whether a label can make a review item a detection (facts §2.2: 0.18)."""
        return self._since(18)

    @property
    def cache_per_user(self) -> bool:
        """Whether nginx keys its cache by role and user too (facts §9: 0.17)."""
        return self._since(17)
