"""A client of Home Assistant's HTTP API: what its web interface does, in code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError, ClientSession

from simulators.wire import Json

from .patience import eventually

_READY_SECONDS = 180.0


class ApiError(Exception):
    """Home Assistant refused what was asked, or answered something unforeseen."""


class Refused(ApiError):
    """Home Assistant answered that it did not do what was asked."""

    def __init__(self, message: str, key: str) -> None:
        """Keep the key of the text for users, or the code where it has none."""
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, kw_only=True)
class User:
    """The person that onboarding makes."""

    name: str
    password: str


class Api:
    """Home Assistant over HTTP, for one user."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Use a session that stays the caller's own."""
        self.url = url
        self.token: dict[str, Json] = {}
        self._session = session

    @property
    def _client(self) -> str:
        """Return what its web interface identifies itself by."""
        return f"{self.url}/"

    @property
    def access_token(self) -> str:
        """Return the token of the user that onboarding has made."""
        return member(self.token, "access_token", str)

    async def make_user(self, user: User) -> None:
        """Make the first user, as onboarding begins, and act as that user."""
        await eventually(self._is_onboarding, "onboarding", _READY_SECONDS)
        made = await self.post(
            "/api/onboarding/users",
            {
                "client_id": self._client,
                "language": "en",
                "name": user.name.capitalize(),
                "password": user.password,
                "username": user.name,
            },
        )
        form = {
            "client_id": self._client,
            "code": member(made, "auth_code", str),
            "grant_type": "authorization_code",
        }
        self.token = _object(await self._request("POST", "/auth/token", form=form))

    async def renew(self) -> None:
        """Get another access token; one is good for half an hour."""
        form = {
            "client_id": self._client,
            "refresh_token": member(self.token, "refresh_token", str),
            "grant_type": "refresh_token",
        }
        self.token |= _object(await self._request("POST", "/auth/token", form=form))

    async def wait_running(self) -> None:
        """Wait until everything that starts with Home Assistant has started."""
        await eventually(self._is_running, "the end of its start", _READY_SECONDS)

    async def finish_onboarding(self) -> None:
        """Go through the rest of onboarding.

        This adds integrations that try the internet: while Home Assistant still
        starts it would wait for them.
        """
        await self.post("/api/onboarding/core_config")
        await self.post("/api/onboarding/analytics")
        client: dict[str, Json] = {
            "client_id": self._client,
            "redirect_uri": self._client,
        }
        await self.post("/api/onboarding/integration", client)

    async def add_entry(self, handler: str, steps: Sequence[Mapping[str, Json]]) -> str:
        """Go through a config flow, and return the id of the entry that it made."""
        path = "/api/config/config_entries/flow"
        result = await self._go_through(path, handler, steps)
        return member(_object(result)["result"], "entry_id", str)

    async def add_subentry(
        self, entry_id: str, kind: str, steps: Sequence[Mapping[str, Json]]
    ) -> None:
        """Go through the flow that adds something to an entry, such as a rule."""
        path = "/api/config/config_entries/subentries/flow"
        await self._go_through(path, [entry_id, kind], steps)

    async def _go_through(
        self, path: str, handler: Json, steps: Sequence[Mapping[str, Json]]
    ) -> Json:
        """Answer the forms of a flow, and return what it made."""
        result = await self.post(path, {"handler": handler})
        for step in steps:
            if errors := _object(result).get("errors"):
                raise ApiError(f"{handler} does not take what was entered: {errors}")
            flow = member(result, "flow_id", str)
            result = await self.post(f"{path}/{flow}", dict(step))
        if member(result, "type", str) != "create_entry":
            raise ApiError(f"{handler} was not set up: {result}")
        return result

    async def reload_entry(self, entry_id: str) -> None:
        """Unload an entry, and load it again."""
        await self.post(f"/api/config/config_entries/entry/{entry_id}/reload")

    async def change_options(self, entry_id: str, **changes: Json) -> None:
        """Go through an options flow of one form; leave out what that does not have."""
        path = "/api/config/config_entries/options/flow"
        form = await self.post(path, {"handler": entry_id})
        flow = member(form, "flow_id", str)
        fields = member(form, "data_schema", list)
        content = dict(_suggested(field) for field in fields)
        content |= {name: changes[name] for name in changes.keys() & content.keys()}
        result = await self.post(f"{path}/{flow}", content)
        if member(result, "type", str) != "create_entry":
            raise ApiError(f"options of {entry_id} were not changed: {result}")

    async def get(self, path: str) -> Json:
        """Return what is at path."""
        return await self._request("GET", path)

    async def post(self, path: str, content: Json = None) -> Json:
        """Post JSON to path, and return the answer."""
        return await self._request("POST", path, content)

    async def _request(
        self,
        method: str,
        path: str,
        content: Json = None,
        form: Mapping[str, str] | None = None,
    ) -> Json:
        token = self.token.get("access_token")
        try:
            async with self._session.request(
                method,
                self.url + path,
                json=content,
                data=form,
                headers={"Authorization": f"Bearer {token}"} if token else None,
            ) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    reason = await response.text()
                    raise ApiError(f"{method} {path}: {response.status} {reason}")
                answer: Json = await response.json()
                return answer
        except ClientError as error:
            raise ApiError(f"{method} {path}: {error}") from error

    async def _is_running(self) -> bool | None:
        answer = await self.get("/api/config")
        if member(answer, "recovery_mode", bool):
            raise ApiError("Home Assistant is in recovery mode: its YAML is not valid")
        return True if member(answer, "state", str) == "RUNNING" else None

    async def _is_onboarding(self) -> bool | None:
        async with self._session.get(f"{self.url}/api/onboarding") as response:
            return True if response.ok else None


def member[Kind](content: Json, name: str, kind: type[Kind]) -> Kind:
    """Return a member of a JSON object; raise ApiError if it is not of that kind."""
    value = _object(content).get(name)
    if not isinstance(value, kind):
        raise ApiError(f"no {name} in what Home Assistant answered: {content}")
    return value


def _object(content: Json) -> dict[str, Json]:
    if not isinstance(content, dict):
        raise ApiError(f"Home Assistant answered something unforeseen: {content}")
    return content


def _suggested(field: Json) -> tuple[str, Json]:
    """Return the name of a field of a form, and what it holds already."""
    description = _object(_object(field).get("description") or {})
    default = _object(field).get("default")
    return member(field, "name", str), description.get("suggested_value", default)
