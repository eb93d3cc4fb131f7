"""The settings of a simulated Palabra."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from tools.simulators.settings import Reader, Settings, flag, text, whole


class PalabraOptions(TypedDict, total=False):
    """The fields of PalabraSettings, all optional."""

    api_key: str
    client_id: str
    client_secret: str
    empty_balance: bool
    older: bool
    sparse: bool
    created_status: int
    delete_status: int
    page_limit: int


@dataclass(kw_only=True)
class PalabraSettings(Settings):
    """All settings; each can also be changed at run time."""

    api_key: str = "plbr_simulated"
    """The key for Bearer authentication (facts §2.1)."""
    client_id: str = "simulated-client"
    client_secret: str = "simulated-secret"
    """The older pair, accepted on the same paths (facts §2.2)."""
    empty_balance: bool = False
    """Whether writes return 403 with 100050 (facts §2)."""
    older: bool = False
    """Whether responses have the format of v1 (facts §9)."""
    sparse: bool = False
    """Whether list items have little more than an id (facts §8, §12d)."""
    created_status: int = 201
    """200 or 201 (facts §1)."""
    delete_status: int = 204
    """200 with a body, or 204 with none (facts §1: unknown)."""
    page_limit: int = 100
    """The largest page, whatever size is requested."""

    readers: ClassVar[Mapping[str, Reader]] = {
        "api_key": text,
        "client_id": text,
        "client_secret": text,
        "empty_balance": flag,
        "older": flag,
        "sparse": flag,
        "created_status": whole,
        "delete_status": whole,
        "page_limit": whole,
    }
