"""The error replies of Frigate itself; those of its nginx are HTML (facts §1)."""

from tools.simulators.wire import Json, Reply, html_reply, json_reply

from .release import Release


class ApiError(Exception):
    """An endpoint refuses, with this reply."""

    def __init__(self, reply: Reply) -> None:
        """Carry the reply."""
        super().__init__(reply.status)
        self.reply = reply


def refusal(status: int, message: str) -> ApiError:
    """Return the usual shape, success false (facts §2.1)."""
    return ApiError(json_reply({"success": False, "message": message}, status))


def detail(status: int, text: str) -> ApiError:
    """Return FastAPI's own shape (facts §2.1)."""
    return ApiError(json_reply({"detail": text}, status))


def invalid(*problems: dict[str, Json]) -> ApiError:
    """Return 422 in the shape of pydantic (facts §2.1)."""
    return ApiError(json_reply({"detail": list(problems)}, 422))


def no_route(release: Release) -> ApiError:
    """Return the second shape of 404 (facts §2.1); Flask's, before 0.15, is HTML."""
    if release.validates:
        return detail(404, "Not Found")
    return ApiError(html_reply(404, _FLASK.format(title="404 Not Found")))


def wrong_method(release: Release, allowed: str) -> ApiError:
    """Return 405 (facts §2.1, §9); Flask's, before 0.15, is HTML."""
    if release.validates:
        reply = json_reply({"detail": "Method Not Allowed"}, 405)
        return ApiError(reply.with_header("Allow", allowed))
    return ApiError(html_reply(405, _FLASK.format(title="405 Method Not Allowed")))


_FLASK = "<!doctype html>\n<html lang=en>\n<title>{title}</title>\n"
