"""The wrapper of every response (facts §3)."""

import uuid

from tools.simulators.wire import Json, Reply, json_reply


class ApiError(Exception):
    """An endpoint refuses, with this reply."""

    def __init__(self, status: int, error: str, message: str) -> None:
        """Wrap the reply; `code` mirrors the HTTP status (facts §3)."""
        super().__init__(error)
        self.reply = json_reply(
            {
                "code": status,
                "content": None,
                "errorCode": error,
                "message": message,
                "success": False,
                "traceId": trace_id(),
            },
            status,
        )


def wrapped(content: Json) -> Reply:
    """Return a success."""
    return json_reply(
        {
            "code": 200,
            "content": content,
            "errorCode": "",
            "message": "",
            "success": True,
            "traceId": trace_id(),
        }
    )


def trace_id() -> str:
    """Return an opaque text in one of the two formats of the samples (facts §3)."""
    return f"TRACE-{str(uuid.uuid4()).upper()}"


def bad_key() -> ApiError:
    """Return the response to a wrong key (facts §2): 403, unlike other APIs."""
    return ApiError(403, "ft.InvalidAPIKey", "Invalid API Key")


def limited(*, workspace: bool) -> ApiError:
    """Return the response to a limit (facts §2, §3): 401, without Retry-After."""
    which = "Workspace" if workspace else "Ak"
    return ApiError(401, f"ft.TriggerApi{which}CurrentLimiting", "Too many requests")


def not_permitted() -> ApiError:
    """Return the response to a missing right: 403; its name is unknown (facts §2)."""
    return ApiError(403, "ft.SimulatedNoPermission", "No permission")


def no_route() -> ApiError:
    """Return the response to an unknown path (facts §3, older page)."""
    return ApiError(400, "RouterNotFound", "Router not found")


def bad_parameter(message: str) -> ApiError:
    """Return the response to a bad body: 400; the names are unknown (facts §3)."""
    return ApiError(400, "ft.SimulatedBadParameter", message)
