"""The error replies of Palabra: a list like that of RFC 9457 (facts §6)."""

from http import HTTPStatus

from tools.simulators.wire import Json, json_reply

_DOCUMENTATION = "https://docs.palabra.ai/docs/error_codes"
INSUFFICIENT_BALANCE = 100050


class ApiError(Exception):
    """An endpoint refuses, with this reply."""

    def __init__(self, status: int, *details: str, code: int = 0) -> None:
        """Carry the reply: one problem for each detail."""
        super().__init__(status)
        phrase = HTTPStatus(status).phrase
        title = "Forbidden resource" if status == 403 else phrase
        problems: list[Json] = [
            {
                "type": f"{_DOCUMENTATION}#{title.lower().replace(' ', '')}",
                "status": status,
                "title": title,
                "detail": detail,
                "instance": "/saas/v2",
                "error_code": code or status * 100,
            }
            for detail in details or (title,)
        ]
        self.reply = json_reply({"ok": False, "errors": problems}, status)


def unauthorized() -> ApiError:
    """Return the response to a wrong or missing key (facts §2)."""
    return ApiError(401, "Invalid credentials were provided")


def not_found() -> ApiError:
    """Return 404; a wrong older pair gets it, too (facts §2)."""
    return ApiError(404, "Resource was not found")


def insufficient_balance() -> ApiError:
    """Return the 403 that is not about permissions (facts §2)."""
    return ApiError(403, "Insufficient balance", code=INSUFFICIENT_BALANCE)
