"""What a script can be made of, as far as the live system lists it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..base import Json, JsonObject
from ..errors import InvalidResponse
from .client import AipixClient
from .login import Api
from .reading import id_of

NAMES = ("name", "title", "description")
"""What is shown of an entry: the first of these that it has, and nothing else."""
LOGIN = "login"
"""What a user may have instead; only administrators are told."""
EVENTS = "analytic_events"
"""Where `static` has the events (mobile SDK)."""
FIELDS = {
    "event_id": "events",
    "reaction_id": "reactions",
    "users": "users",
    "cameras": "cameras",
    "camera_id": "cameras",
}
"""Which list has what a field takes."""
REACTIONS = "reactions"
"""Where it would have the reactions; no page and no SDK names the key."""


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    id: int
    name: str | None
    login: str | None = None

    def as_json(self) -> JsonObject:
        """Return it as it is answered."""
        return {"id": self.id, "name": self.name or self.login}

    @property
    def label(self) -> str:
        """Return what it is shown as, for everybody."""
        return f"{self.name} ({self.id})" if self.name else str(self.id)


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
        """Return the same lists by the fields that take them, for everybody."""
        return {
            field: {str(one.id): one.label for one in self._lists[name]}
            for field, name in FIELDS.items()
        }

    @property
    def _lists(self) -> dict[str, Choices]:
        """What there is to choose from, as far as that is known."""
        events = self.used_events if self.events is None else self.events
        reactions = self.used_reactions if self.reactions is None else self.reactions
        return {
            "users": self.users or (),
            "events": events,
            "reactions": reactions,
            "cameras": self.cameras or (),
        }


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
            found.setdefault(number, Choice(number, _name(value), _text(value, LOGIN)))
    return tuple(found.values())


def _name(value: JsonObject) -> str | None:
    """Return what an entry is called."""
    names = (_text(value, key) for key in NAMES)
    return next((name for name in names if name is not None), None)


def _text(value: JsonObject, key: str) -> str | None:
    """Return what an entry has there; None where that is no text."""
    found = value.get(key)
    return found if isinstance(found, str) and found else None
