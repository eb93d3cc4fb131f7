"""What a script can be made of, as far as the live system lists it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..base import Json, JsonObject
from ..errors import InvalidResponse
from .client import AipixClient
from .login import Api
from .reading import id_of

NAMES = ("name", "title", "description", "login")
"""What is shown of an entry: the first of these that it has, and nothing else."""
EVENTS = "analytic_events"
"""Where `static` has the events (mobile SDK)."""
REACTIONS = "reactions"
"""Where it would have the reactions; no page and no SDK names the key."""


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    id: int
    name: str | None

    def as_json(self) -> JsonObject:
        """Return it as it is answered."""
        return {"id": self.id, "name": self.name}


type Choices = tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class ScriptChoices:
    """What can be chosen from; None is a list that the system does not give."""

    users: Choices | None = None
    events: Choices | None = None
    reactions: Choices | None = None
    cameras: Choices | None = None
    used_events: Choices = ()
    """Events of existing scripts, to choose from where there is no list."""
    used_reactions: Choices = ()

    def as_json(self) -> JsonObject:
        """Return the lists.

        One that is missing holds what existing scripts use of it, or nothing.
        """
        lists = {
            "users": (self.users, ()),
            "events": (self.events, self.used_events),
            "reactions": (self.reactions, self.used_reactions),
            "cameras": (self.cameras, ()),
        }
        answer: JsonObject = {
            name: [one.as_json() for one in (used if given is None else given)]
            for name, (given, used) in lists.items()
        }
        answer["missing"] = [
            name for name, (given, _) in lists.items() if given is None
        ]
        return answer


async def script_choices(client: AipixClient) -> ScriptChoices:
    """Ask for all lists; raises BackendError where one cannot be asked for now.

    The administrator API documents none of them. Only the one of users is asked for,
    at a path that is inferred, so that whatever it answers may mean that it is not
    there.
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
    """Return the reactions; None where there are none to be found.

    The documentation says that they are in `static`, but not below which key. It is
    taken to be `reactions` or else the first whose name has "reaction" in it and
    that holds a list of objects with ids. That is a guess, and ids can always be
    given without it.
    """
    keys = [key for key in static if "reaction" in key.casefold()]
    keys.sort(key=lambda key: key != REACTIONS)
    lists = (_given(static[key]) for key in keys)
    return next((found for found in lists if found is not None), None)


async def _listed(client: AipixClient, *path: str) -> Choices | None:
    """Return a list of its own; None where there is none."""
    found = await _entries(client, *path)
    return None if found is None else _choices(found)


async def _entries(client: AipixClient, *path: str) -> list[JsonObject] | None:
    """Return the entries of a list; one too long to be read is as good as none."""
    try:
        return await client.listed(*path)
    except InvalidResponse as error:
        if error.code != "too_large":
            raise
        return None


def _given(value: Json) -> Choices | None:
    """Return a list within `static`; None where it is none or has no ids."""
    if not isinstance(value, list):
        return None
    found = _choices(value)
    return found if found or not value else None


def _choices(values: Iterable[Json]) -> Choices:
    """Return what has an id, each once."""
    found: dict[int, Choice] = {}
    for value in values:
        if isinstance(value, dict) and (number := id_of(value)) is not None:
            found.setdefault(number, Choice(number, _name(value)))
    return tuple(found.values())


def _name(value: JsonObject) -> str | None:
    """Return what an entry is called."""
    names = (value.get(key) for key in NAMES)
    return next((name for name in names if isinstance(name, str) and name), None)
