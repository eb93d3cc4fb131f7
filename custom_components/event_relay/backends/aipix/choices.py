"""The values that a script can use, as far as the live system lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..base import Json, JsonObject
from ..errors import InvalidResponse
from .api.client import AipixClient
from .api.login import Api
from .api.reading import id_of

NAMES = ("name", "title", "description")
"""The name of an entry: the first of these keys that it has, and nothing else."""
LOGIN = "login"
"""Further name of a user, shown to administrators only."""
EVENTS = "analytic_events"
"""Key of the events within `static` (mobile SDK)."""
FIELDS = {
    "event_id": "events",
    "reaction_id": "reactions",
    "users": "users",
    "cameras": "cameras",
    "camera_id": "cameras",
}
"""The list with the values of each field."""
REACTIONS = "reactions"
"""Assumed key of the reactions; no page and no SDK names it."""


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    id: int
    name: str | None
    login: str | None = None

    def as_json(self) -> JsonObject:
        """Return it as the action returns it."""
        return {"id": self.id, "name": self.name or self.login}

    @property
    def label(self) -> str:
        """Return its label for all users."""
        return f"{self.name} ({self.id})" if self.name else str(self.id)


type Choices = tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class ScriptChoices:
    """The choices for each field; None for a list that the system does not have."""

    users: Choices | None = None
    events: Choices | None = None
    reactions: Choices | None = None
    cameras: Choices | None = None
    used_events: Choices = ()
    """Events of existing scripts, used if there is no list."""
    used_reactions: Choices = ()

    def as_json(self) -> JsonObject:
        """Return the lists.

        A missing list holds the values that existing scripts use, or nothing.
        """
        given = {
            "users": self.users,
            "events": self.events,
            "reactions": self.reactions,
            "cameras": self.cameras,
        }
        answer: JsonObject = {
            name: [one.as_json() for one in choices]
            for name, choices in self._lists.items()
        }
        answer["missing"] = [name for name, listed in given.items() if listed is None]
        return answer

    def as_labels(self) -> dict[str, dict[str, str]]:
        """Return the same lists by field, with labels for all users."""
        return {
            field: {str(one.id): one.label for one in self._lists[name]}
            for field, name in FIELDS.items()
        }

    @property
    def _lists(self) -> dict[str, Choices]:
        """Return the lists that are known."""
        events = self.used_events if self.events is None else self.events
        reactions = self.used_reactions if self.reactions is None else self.reactions
        return {
            "users": self.users or (),
            "events": events,
            "reactions": reactions,
            "cameras": self.cameras or (),
        }


async def script_choices(client: AipixClient) -> ScriptChoices:
    """Read all lists; raises BackendError if one cannot be read now.

    The administrator API documents none of them. Only the list of users is requested,
    at an inferred path, so any response may mean that there is none.
    """
    if client.login.api is Api.ADMINISTRATOR:
        try:
            return ScriptChoices(users=await _listed(client, "users"))
        except InvalidResponse:
            return ScriptChoices()
    static = await client.static() or {}
    events, reactions = _given(static.get(EVENTS)), reactions_of(static)
    scripts: list[JsonObject] = []
    if events is None or reactions is None:
        scripts = await _entries(client, "scripts") or []
    return ScriptChoices(
        users=await _listed(client, "scripts", "users"),
        events=events,
        reactions=reactions,
        cameras=await _listed(client, "cameras"),
        used_events=_choices(script.get("event") for script in scripts),
        used_reactions=_choices(script.get("reaction") for script in scripts),
    )


def reactions_of(static: JsonObject) -> Choices | None:
    """Return the reactions; None if they cannot be found.

    The documentation says that they are in `static`, but not below which key. The key
    is assumed to be `reactions`, or else the first with "reaction" in its name and a
    list of objects with ids. Ids can always be entered without it.
    """
    keys = [key for key in static if "reaction" in key.casefold()]
    keys.sort(key=lambda key: key != REACTIONS)
    lists = (_given(static[key]) for key in keys)
    return next((found for found in lists if found is not None), None)


async def _listed(client: AipixClient, *path: str) -> Choices | None:
    """Return a list from its own path; None if there is none."""
    found = await _entries(client, *path)
    return None if found is None else _choices(found)


async def _entries(client: AipixClient, *path: str) -> list[JsonObject] | None:
    """Return the entries of a list; None if it is too long to read."""
    try:
        return await client.listed(*path)
    except InvalidResponse as error:
        if error.code != "too_large":
            raise
        return None


def _given(value: Json) -> Choices | None:
    """Return a list within `static`; None if it is none or has no ids."""
    if not isinstance(value, list):
        return None
    found = _choices(value)
    return found if found or not value else None


def _choices(values: Iterable[Json]) -> Choices:
    """Return the entries that have an id, without duplicates."""
    found: dict[int, Choice] = {}
    for value in values:
        if isinstance(value, dict) and (number := id_of(value)) is not None:
            found.setdefault(number, Choice(number, _name(value), _text(value, LOGIN)))
    return tuple(found.values())


def _name(value: JsonObject) -> str | None:
    """Return the name of an entry."""
    names = (_text(value, key) for key in NAMES)
    return next((name for name in names if name is not None), None)


def _text(value: JsonObject, key: str) -> str | None:
    """Return a text of an entry; None if it is not a text."""
    found = value.get(key)
    return found if isinstance(found, str) and found else None
