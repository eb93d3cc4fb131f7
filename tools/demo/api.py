"""A client of Home Assistant's HTTP API, as its web interface uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError, ClientSession

from tools.simulators.wire import Json

from .polling import eventually

_READY_SECONDS = 180.0


class ApiError(Exception):
    """Home Assistant refused a request, or gave an unexpected response."""


class Refused(ApiError):
    """Home Assistant responded that it did not carry out a request."""

    def __init__(self, message: str, key: str) -> None:
        """Keep the translation key of the message, or the error code without one."""
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, kw_only=True)
class User:
    """The user that onboarding creates."""

    name: str
    password: str


class Api:
    """Home Assistant over HTTP, for one user."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Take a session, which the caller closes."""
        self.url = url
        self.token: dict[str, Json] = {}
        self._session = session

    @property
    def _client(self) -> str:
        """Return the client id of its web interface."""
        return f"{self.url}/"

    @property
    def access_token(self) -> str:
        """Return the token of the user that onboarding has created."""
        return member(self.token, "access_token", str)

    async def make_user(self, user: User) -> None:
        """Create the first user, onboarding's first step, and log in as that user."""
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
        """Get another access token; each is valid for half an hour."""
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
        """Complete the remaining steps of onboarding.

        This adds integrations that use the internet: during its start Home Assistant
        would wait for them.
        """
        await self.post("/api/onboarding/core_config")
        await self.post("/api/onboarding/analytics")
        client: dict[str, Json] = {
            "client_id": self._client,
            "redirect_uri": self._client,
        }
        await self.post("/api/onboarding/integration", client)

    async def add_entry(self, handler: str, steps: Sequence[Mapping[str, Json]]) -> str:
        """Complete a config flow, and return the id of the new entry."""
        path = "/api/config/config_entries/flow"
        result = await self._go_through(path, handler, steps)
        return member(_object(result)["result"], "entry_id", str)

    async def add_subentry(
        self, entry_id: str, kind: str, steps: Sequence[Mapping[str, Json]]
    ) -> None:
        """Complete the flow that adds a subentry, such as a rule, to an entry."""
        path = "/api/config/config_entries/subentries/flow"
        await self._go_through(path, [entry_id, kind], steps)

    async def _go_through(
        self, path: str, handler: Json, steps: Sequence[Mapping[str, Json]]
    ) -> Json:
        """Submit the forms of a flow, and return its result."""
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
        """Reload an entry."""
        await self.post(f"/api/config/config_entries/entry/{entry_id}/reload")

    async def change_options(self, entry_id: str, **changes: Json) -> None:
        """Complete an options flow of one form; skip values that it does not have."""
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
        """Return the response of a GET."""
        return await self._request("GET", path)

    async def post(self, path: str, content: Json = None) -> Json:
        """Post JSON to path, and return the response."""
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
    """Return a member of a JSON object; raise ApiError if it has another type."""
    value = _object(content).get(name)
    if not isinstance(value, kind):
        raise ApiError(f"no {name} in what Home Assistant answered: {content}")
    return value


def _object(content: Json) -> dict[str, Json]:
    if not isinstance(content, dict):
        raise ApiError(f"Home Assistant answered something unforeseen: {content}")
    return content


def _suggested(field: Json) -> tuple[str, Json]:
    """Return the name of a form's field, and its suggested value."""
    description = _object(_object(field).get("description") or {})
    default = _object(field).get("default")
    return member(field, "name", str), description.get("suggested_value", default)
