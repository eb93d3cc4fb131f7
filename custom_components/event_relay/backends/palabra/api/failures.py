"""Map Palabra's failures to errors, with its own reason.

An error is a list of problems like those of RFC 9457 below `errors`; `ok` other than
true is an error even on a success (facts 6). Proxies in front of it send HTML.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from ...base import Json, JsonObject
from ...errors import BALANCE_EMPTY, PermissionDenied
from ...json_responses import Failures
from ...transport import Effect, Reply

INSUFFICIENT_BALANCE = 100_050
"""`error_code` of an empty balance, with HTTP 403 (third party, 2026-04)."""


def problems(reply: Reply) -> list[Mapping[str, Json]]:
    """Return the problems in a response."""
    try:
        listed = reply.json_object().get("errors")
    except ValueError:
        return []
    if not isinstance(listed, list):
        return []
    return [problem for problem in listed if isinstance(problem, dict)]


def status_of(reply: Reply) -> int:
    """Return the status of a response; of its first problem if it is 2xx."""
    if reply.ok:
        for problem in problems(reply):
            status = problem.get("status")
            if isinstance(status, int) and 400 <= status < 600:  # noqa: PLR2004
                return status
    return reply.status


def balance_is_empty(reply: Reply) -> bool:
    """Return whether the account has no credits left."""
    if (status := status_of(reply)) == HTTPStatus.PAYMENT_REQUIRED:
        return True
    return status == HTTPStatus.FORBIDDEN and any(
        problem.get("error_code") == INSUFFICIENT_BALANCE for problem in problems(reply)
    )


def _balance(reply: Reply, reason: str) -> PermissionDenied | None:
    """Return the error if the account has no credits left."""
    if balance_is_empty(reply):
        return PermissionDenied(reason, code=BALANCE_EMPTY)
    return None


_FAILURES = Failures(special=_balance, only_json=True)


def raise_for_answer(reply: Reply, effect: Effect) -> None:
    """Raise the error for any response but a success; the caller handles 404 first."""
    _FAILURES.raise_for(replace(reply, status=status_of(reply)), effect)


def data_of(reply: Reply) -> JsonObject:
    """Return the content of `data`; raises ValueError unless `ok` is true."""
    answer = reply.json_object()
    if answer.get("ok") is not True:
        raise ValueError("the answer does not say ok")
    data = answer.get("data")
    return data if isinstance(data, dict) else {}
