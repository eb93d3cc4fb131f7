"""How a simulated Palabra is set up."""

from dataclasses import dataclass, fields
from typing import TypedDict

from simulators.wire import Json


class PalabraOptions(TypedDict, total=False):
    """The fields of PalabraSettings, none of them required."""

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
class PalabraSettings:
    """What can be set, at run time too."""

    api_key: str = "plbr_simulated"
    """The key that is taken as a Bearer (facts §2.1)."""
    client_id: str = "simulated-client"
    client_secret: str = "simulated-secret"
    """The older pair, which is taken on the same paths (facts §2.2)."""
    empty_balance: bool = False
    """Whether writes are answered 403 with 100050 (facts §2)."""
    older: bool = False
    """Whether answers have the shape of v1 (facts §9)."""
    sparse: bool = False
    """Whether the items of a list have little more than an id (facts §8, §12d)."""
    created_status: int = 201
    """200 or 201 (facts §1)."""
    delete_status: int = 204
    """200 with a body, or 204 with none (facts §1: unknown)."""
    page_limit: int = 100
    """The largest page that is given, however many are asked for."""

    def change(self, name: str, value: Json) -> None:
        """Set one field from JSON; raise ValueError if that cannot be."""
        known = {field.name: field for field in fields(self)}
        if name not in known:
            raise ValueError(f"unknown setting {name}; known: {', '.join(known)}")
        if type(value) is not type(getattr(self, name)):
            raise ValueError(f"{value!r} is not of the type the setting takes")
        setattr(self, name, value)
