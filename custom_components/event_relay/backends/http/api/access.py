"""The access of a connection: origin, authentication, secrets, TLS, rate."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import ssl

from ...base import InvalidField
from ..request.signing import key_of


class Kind(StrEnum):
    """How a request is authenticated."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"
    DIGEST = "digest"
    HEADER = "header"


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """The credentials in every request."""

    kind: Kind = Kind.NONE
    username: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    """Token, password or API key."""
    header: str = ""
    """Name of the header for an API key."""

    @property
    def headers(self) -> dict[str, str]:
        """Return its headers; digest builds them from the target's challenge."""
        match self.kind:
            case Kind.BEARER:
                return {"Authorization": f"Bearer {self.secret}"}
            case Kind.BASIC:
                return {"Authorization": f"Basic {self._pair}"}
            case Kind.HEADER:
                return {self.header: self.secret}
        return {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the parts that must never be shown."""
        if not self.secret:
            return ()
        return (self.secret, self._pair) if self.username else (self.secret,)

    @property
    def _pair(self) -> str:
        return b64encode(f"{self.username}:{self.secret}".encode()).decode()


@dataclass(frozen=True)
class Tls:
    """Two contexts with the same verification.

    Connections are only shared by requests with the same context: a request with
    `fresh` never gets a connection that its server is about to close.
    """

    shared: ssl.SSLContext
    fresh: ssl.SSLContext


@dataclass(frozen=True, kw_only=True)
class Access:
    """All settings that a client needs of its connection."""

    origin: str
    """`scheme://host[:port]`, normalised."""
    tls: Tls
    authentication: Authentication = Authentication()
    named_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    """The current one first; during a rotation also the former one."""
    interval: float = 0.0
    """Shortest time in seconds between two requests."""
    read_path: str | None = None
    """Path that is read to check that the target is there; None to read nothing."""

    @property
    def signing_keys(self) -> tuple[bytes, ...]:
        """Return the signing keys; raises InvalidField for an invalid secret."""
        return tuple(
            key_of(secret, "signing_secret") for secret in self.signing_secrets
        )

    @property
    def secrets(self) -> Collection[str]:
        """Return all texts that must never be shown."""
        named = {
            part
            for secret in self.named_secrets.values()
            for part in (secret, *secret.split("/"))
        }
        return {*self.authentication.secrets, *named, *self.signing_secrets} - {""}


def pem_context(pem: str, name: str) -> ssl.SSLContext:
    """Return a context that trusts only the issuers in a PEM text.

    Raises InvalidField. Reads nothing from disk.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not pem.isascii():
        raise InvalidField(name, "certificate_pem")
    try:
        context.load_verify_locations(cadata=pem)
    except ssl.SSLError, ValueError:
        raise InvalidField(name, "certificate_pem") from None
    context.set_alpn_protocols(["http/1.1"])
    return context
