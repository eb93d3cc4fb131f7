"""What one side answered, without what differs from one request to the next."""

from dataclasses import dataclass
import json
import re

from aiohttp import ClientResponse

from tools.simulators.wire import Json

type Facts = dict[str, Json]

_ID = re.compile(r"\d{9,}(?:\.\d+)?-[a-z0-9]{6}")
_MOMENT = re.compile(r"\d{9,}(?:\.\d+)?")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_PORT = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
_OLDEST = 1e9
"""Unix seconds, from which on a number counts as a moment."""
HEADERS = ("Allow", "Cache-Control", "Content-Type", "Location", "X-Cache-Status")
"""What a client could go by."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: dict[str, str]
    text: str
    cookie: str | None = None

    @classmethod
    async def of(cls, response: ClientResponse) -> Answer:
        """Read an answer."""
        return cls(
            status=response.status,
            headers={
                name: value
                for name in HEADERS
                if (value := response.headers.get(name)) is not None
            },
            text=await response.text(errors="replace"),
            cookie=response.headers.get("Set-Cookie"),
        )

    @property
    def json(self) -> Json:
        """Return the body decoded; None where it is not JSON."""
        try:
            content: Json = json.loads(self.text)
        except ValueError:
            return None
        return content

    def facts(self, *, whole: bool) -> Facts:
        """Return what is compared: the body as it is, or its shape only."""
        facts: Facts = {"status": self.status}
        facts |= {
            f"header {name}": masked(_plain(value))
            for name, value in self.headers.items()
        }
        if self.cookie is not None:
            facts["cookie"] = _attributes(self.cookie)
        if _is_json(self):
            facts["body"] = masked(self.json) if whole else shape(self.json)
        elif (title := _TITLE.search(self.text)) is not None:
            facts["title"] = title[1]
        return facts


def masked(content: Json) -> Json:
    """Return content with ids, moments and ports taken out."""
    if isinstance(content, str):
        return _PORT.sub("<host>", _MOMENT.sub("<time>", _ID.sub("<id>", content)))
    if isinstance(content, list):
        return [masked(item) for item in content]
    if isinstance(content, dict):
        return {name: masked(item) for name, item in sorted(content.items())}
    if isinstance(content, int | float) and content > _OLDEST:
        return "<time>"
    return content


def shape(content: Json) -> Json:
    """Return the types of content; of a list, those of its first element."""
    if isinstance(content, dict):
        return {name: shape(item) for name, item in sorted(content.items())}
    if isinstance(content, list):
        return [shape(item) for item in content[:1]]
    if isinstance(content, bool):
        return "<flag>"
    if isinstance(content, int | float):
        return "<number>"
    return content if content is None else "<text>"


def _is_json(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").startswith("application/json")


def _plain(value: str) -> str:
    return re.sub(r"\s+", " ", value.lower())


def _attributes(cookie: str) -> Json:
    """Return the names of a cookie's attributes, and of the cookie."""
    first, *rest = cookie.split(";")
    names: list[Json] = [part.strip().partition("=")[0].lower() for part in rest]
    return [first.partition("=")[0], *sorted(names, key=str)]
