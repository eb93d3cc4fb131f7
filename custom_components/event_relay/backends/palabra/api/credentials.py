"""The credentials of a Palabra account."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PalabraCredentials:
    """An API key, or the older pair; never both."""

    api_key: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)

    @property
    def older(self) -> bool:
        """Return whether it is the pair from before API keys."""
        return not self.api_key

    @property
    def headers(self) -> dict[str, str]:
        """Return the authentication headers (official SDK; vendor documentation)."""
        if self.older:
            return {"ClientID": self.client_id, "ClientSecret": self.client_secret}
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must never be shown."""
        return (self.api_key, self.client_id, self.client_secret)
