"""How a simulated aipix refuses a request."""

from collections.abc import Mapping

from tools.simulators.wire import Json, Reply, json_reply


class ApiError(Exception):
    """A request ends here, with this reply."""

    def __init__(self, reply: Reply) -> None:
        """Keep the reply."""
        super().__init__(reply.status)
        self.reply = reply


def refused(status: int, message: str) -> ApiError:
    """Return a refusal in Laravel's default form (inferred, facts §3)."""
    return ApiError(json_reply({"message": message}, status))


def invalid(errors: Mapping[str, str]) -> ApiError:
    """Return a validation error; its message says nothing (facts §3)."""
    fields: dict[str, Json] = {name: [words] for name, words in errors.items()}
    body: Json = {"message": "The given data was invalid.", "errors": fields}
    return ApiError(json_reply(body, 422))
