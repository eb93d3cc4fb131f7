"""The calls of aipix's API that scripts and marks need."""

from datetime import UTC, datetime
from http import HTTPStatus

from ...base import Json, JsonObject
from ...errors import Gone, InvalidResponse, OutcomeUnknown
from ...json_responses import decoded, is_json, is_missing
from ...reading import an_object, whole_or_none
from ...transport import Effect, Reply
from .failures import FAILURES, reason
from .login import AipixLogin, Api
from .models import AipixCapabilities, AipixMark, AipixScript
from .reading import id_of, items, payload

UNKNOWN_SCRIPT = "unknown_script"
"""Code of a Gone: the server has no such script."""
PAGE = 100
"""Entries per request; the server's default is 25 (vendor documentation)."""
PAGES = 50
"""Pages read of a list at most."""
UNLISTED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FORBIDDEN)
"""Statuses of a server that has no list, or none for this user."""


def instant(moment: datetime) -> str:
    """Return an instant in the mobile SDK's format: UTC, with fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class AipixClient:
    """Client of one aipix server as one account."""

    def __init__(self, login: AipixLogin) -> None:
        """Take the login, which other clients of the same account may share."""
        self.login = login
        self.address = login.transport.address

    def forget_refusal(self) -> None:
        """Allow another login after a refusal."""
        self.login.forget_refusal()

    async def capabilities(self) -> AipixCapabilities:
        """Read version, account, and whether scripts can be listed.

        The version comes first and without a login, so that no other system receives a
        password. Raises CannotConnect, Unavailable, InvalidCredentials,
        PermissionDenied or InvalidResponse.
        """
        version = await self._version()
        api = self.login.api
        if api is Api.ADMINISTRATOR:
            if self.login.token is None:
                await self.login.renew(None)
            return AipixCapabilities(version=version, api=api)
        user = _read(await self._send("GET", "users", "self"))
        listed = await self._send("GET", "scripts", query={"per_page": "1"})
        if listed.status not in UNLISTED:
            FAILURES.raise_for(listed, Effect.NONE)
        return AipixCapabilities(
            version=version,
            api=api,
            user_id=id_of(user),
            lists_scripts=listed.ok and is_json(listed),
        )

    async def create_script(self, body: JsonObject) -> int:
        """Create a script and return its id.

        Every call creates another one. Raises OutcomeUnknown if it may have done so.
        """
        reply = await self._write("POST", "scripts", effect=Effect.ONCE, body=body)
        return _made(reply)

    async def update_script(self, script_id: int, body: JsonObject) -> None:
        """Replace a script as a whole: there is no call for parts of it."""
        await self._write("PUT", "scripts", str(script_id), body=body)

    async def script(self, script_id: int) -> AipixScript:
        """Return a script; raises Gone if it does not exist."""
        reply = await self._send("GET", "scripts", str(script_id))
        if is_missing(reply):
            words = "aipix has no such script"
            raise Gone(words, code=UNKNOWN_SCRIPT, fields={"script_id": words})
        return AipixScript.parse(_read(reply))

    async def scripts(self) -> tuple[AipixScript, ...] | None:
        """Return all scripts of the account; None if they are not listed."""
        found = await self.listed("scripts")
        return None if found is None else tuple(map(AipixScript.parse, found))

    async def listed(self, *path: str) -> list[JsonObject] | None:
        """Return all entries of a list; None if this user has no such list."""
        query = {"per_page": str(PAGE)}
        first = await self._send("GET", *path, query=query)
        if first.status in UNLISTED:
            return None
        return await self._pages(first, path, query)

    async def static(self) -> JsonObject | None:
        """Return the client API's static data; None without it."""
        reply = await self._send("GET", "static")
        return None if reply.status in UNLISTED else _read(reply)

    async def create_mark(
        self, camera_id: int, title: str, start: datetime, end: datetime | None
    ) -> int:
        """Create a mark on a camera and return its id; each call creates another."""
        body: JsonObject = {"title": title, "from": instant(start)}
        if end is not None:
            body["to"] = instant(end)
        reply = await self._write(
            "POST", "cameras", str(camera_id), "marks", effect=Effect.ONCE, body=body
        )
        return _made(reply)

    async def marks(
        self, camera_id: int, start: datetime, end: datetime
    ) -> tuple[AipixMark, ...] | None:
        """Return a camera's marks within a time; None if they are not listed."""
        path = ("cameras", str(camera_id), "marks")
        query = {"from": instant(start), "to": instant(end), "types[]": "mark"}
        first = await self._send("GET", *path, query=query)
        if first.status in UNLISTED:
            return None
        found = await self._pages(first, path, query)
        return tuple(AipixMark.parse(one) for one in found)

    async def _version(self) -> str:
        """Return the version; its presence tells aipix from other systems."""
        path = (*Api.CLIENT.prefix, "static", "basic")
        reply = await self.login.transport.send("GET", *path)
        if reply.status == HTTPStatus.NOT_FOUND:
            raise InvalidResponse(reason(reply), code="other_system")
        answer = _read(reply)
        match answer:
            case {"version": str(version)} if version.strip():
                return version.strip()[:50]
            case _:
                raise InvalidResponse("no version", code="other_system")

    async def _pages(
        self, first: Reply, path: tuple[str, ...], query: dict[str, str]
    ) -> list[JsonObject]:
        """Return the entries of all pages.

        Pages are counted by `meta`, since `links.next` has a wrong prefix in the
        samples of the documentation.
        """
        reply, found = first, list[JsonObject]()
        for page in range(2, PAGES + 2):
            body = _read_list(reply)
            found += items(body, "entry")
            meta = body.get("meta") if isinstance(body, dict) else None
            last = whole_or_none(meta, "last_page") if isinstance(meta, dict) else None
            if last is None or page > last:
                return found
            reply = await self._send("GET", *path, query={**query, "page": str(page)})
        raise InvalidResponse("more entries than can be read", code="too_large")

    async def _write(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.REPEATABLE,
        body: JsonObject,
    ) -> Reply:
        """Send a request that changes something, and raise unless it succeeded."""
        reply = await self._send(method, *segments, effect=effect, body=body)
        FAILURES.raise_for(reply, effect)
        return reply

    async def _send(
        self,
        method: str,
        *segments: str,
        effect: Effect = Effect.NONE,
        query: dict[str, str] | None = None,
        body: JsonObject | None = None,
    ) -> Reply:
        """Send a request as the account, with a fresh token if needed."""

        async def attempt() -> Reply:
            return await self.login.transport.send(
                method,
                *self.login.api.prefix,
                *segments,
                effect=effect,
                query=query,
                headers=self.login.headers,
                body=body,
            )

        return await self.login.send(attempt, reason)


def _read_list(reply: Reply) -> Json:
    """Decode the response to a read; raises InvalidResponse and the usual failures."""
    FAILURES.raise_for(reply, Effect.NONE)
    return decoded(reply)


def _read(reply: Reply) -> JsonObject:
    """Decode an object from a read, without its wrapper."""
    return an_object(payload(_read_list(reply)), "answer")


def _made(reply: Reply) -> int:
    """Return the id of a created item; raises OutcomeUnknown without one."""
    try:
        made = id_of(payload(reply.json()))
    except ValueError as error:
        raise OutcomeUnknown("the answer cannot be read") from error
    if made is None:
        raise OutcomeUnknown("the answer has no id")
    return made
