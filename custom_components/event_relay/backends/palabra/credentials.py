"""What proves an account to Palabra."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PalabraCredentials:
    """An API key, or the older pair; never both."""

    api_key: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)

    @property
    def older(self) -> bool:
        """Whether it is the pair that came before API keys."""
        return not self.api_key

    @property
    def headers(self) -> dict[str, str]:
        """Return what proves the account (official SDK; vendor documentation)."""
        if self.older:
            return {"ClientID": self.client_id, "ClientSecret": self.client_secret}
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what no text may hold."""
        return (self.api_key, self.client_id, self.client_secret)
