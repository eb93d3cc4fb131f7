"""Our own sentences that are stored in English, as opposed to a backend's words.

From a stored sentence its key and values are found, so that it can be shown in any
language, even if an earlier version stored it: of warnings about the parts of an
arrived delivery that may have failed, and of reasons why a request failed.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
import re


class _Sentence(StrEnum):
    """Sentences with values."""

    def of(self, **values: object) -> str:
        """Return the sentence with its values."""
        return self.value.format_map(values)

    @property
    def code(self) -> str:
        """Return its translation key."""
        return self.name.lower()


class OwnReason(_Sentence):
    """Our reasons with values; those without are in `OWN_REASONS`."""

    UNREADABLE_AT = "the answer cannot be read: {place}"
    NO_CONNECTION_BY = "no connection: {error}"


class OwnWarning(_Sentence):
    """All warnings of ours; a backend's message about a step is not among them."""

    SPACED = "{field} has line breaks or control characters, sent as spaces"
    CUT = "{field} is too long and was cut to {maximum} characters"
    CUT_BYTES = "{field} is too long and was cut to {maximum} bytes"
    NO_ID = "the answer has no id where the request looks for one"
    UNREADABLE_ANSWER = "what was answered cannot be read"
    CUT_SHORT = "the rest was not sent: the connection does not lead to {address} now"


OWN_REASONS: Mapping[str, str] = {
    # On the way.
    "Connection refused": "own_refused",
    "Network is unreachable": "own_unreachable",
    "No route to host": "own_unreachable",
    "certificate not trusted": "reason_certificate",
    "host name not found": "reason_name_not_found",
    "no TLS spoken there": "own_no_tls",
    "no answer in time": "reason_timeout",
    "no connection": "own_no_connection",
    "no connection in time": "reason_timeout",
    "not an address": "reason_invalid_address",
    "the address answers with a redirect": "reason_redirected",
    "the connection broke off": "own_broke_off",
    "the session is closed": "own_stopping",
    # On the way, in the words of an operating system, which earlier versions stored.
    "Connection reset by peer": "own_broke_off",
    "Connection timed out": "reason_timeout",
    "Host is down": "own_unreachable",
    "Host is unreachable": "own_unreachable",
    "Network unreachable": "own_unreachable",
    "Operation timed out": "reason_timeout",
    # Requests.
    "the request cannot be written": "own_unwritable",
    # Responses.
    "more events than can be read": "own_too_many",
    "no version": "own_no_version",
    "the answer cannot be read": "own_unreadable",
    "the answer is larger than expected": "reason_too_large",
    "the answer is not HTTP": "own_not_http",
    "the answer is not JSON": "own_not_json",
    "the answer to create cannot be read": "own_unreadable",
    "the login gave no token": "own_no_token",
    "the delivery made no event": "reason_unknown_event",
    # The outbox; some in the words of SQLite.
    "attempt to write a readonly database": "own_read_only",
    "database is locked": "own_in_use",
    "database or disk is full": "own_disk_full",
    "disk I/O error": "own_disk_error",
    "the delivery went with an outbox that was set aside": "own_set_aside",
    "the outbox is closed": "own_stopping",
    "the outbox is still in use": "own_in_use",
    "unable to open database file": "own_not_opened",
}
"""Keys of the texts `common`, by sentence.

Those that only one backend gives are among its `BackendForms.reasons`.
"""


def own_reason(
    sentence: str, of_backends: Mapping[str, str]
) -> tuple[str, Mapping[str, str]] | None:
    """Return the key and values of a reason; None for another system's words.

    `of_backends` are the sentences that single backends have, with or without values.
    """
    key = OWN_REASONS.get(sentence) or of_backends.get(sentence)
    if key is not None:
        return key, {}
    for own in OwnReason:
        if found := _pattern(own).fullmatch(sentence):
            return f"own_{own.code}", found.groupdict()
    for reason, key in of_backends.items():
        if "{" in reason and (found := _pattern(reason).fullmatch(sentence)):
            return key, found.groupdict()
    return None


def translated(
    sentence: str, of_backends: Mapping[str, str], text: Callable[[str], str]
) -> str:
    """Return a reason in the language of `text`, a text of `common` by its key.

    Words of another system stay as they are. `of_backends` is as for `own_reason`.
    """
    if (known := own_reason(sentence, of_backends)) is None:
        return sentence
    key, values = known
    return text(key).format_map(values)


def recognised(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the code and values of a warning; None for a backend's own message."""
    for warning in OwnWarning:
        if found := _pattern(warning).fullmatch(sentence):
            return warning.code, found.groupdict()
    return None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return the pattern of a sentence with any values."""
    parts = re.split(r"{(\w+)}", sentence)
    return re.compile(
        "".join(
            f"(?P<{part}>.+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        ),
        re.DOTALL,
    )
