"""The results of a proof: exit codes, and a plain sentence for each."""

from enum import IntEnum
import json
from pathlib import Path

from custom_components.event_relay.backends.errors import (
    BackendError,
    CannotConnect,
    InvalidCredentials,
    PermissionDenied,
    Unavailable,
)

_TEXTS = (
    Path(__file__).parents[2] / "custom_components/event_relay/translations/en.json"
)


class Exit(IntEnum):
    """The exit codes of a proof."""

    PROVED = 0
    DIFFERENT = 1
    USAGE = 2
    NO_CONTACT = 3
    CREDENTIALS = 4
    PERMISSION = 5
    TOO_SLOW = 6
    LEFT_BEHIND = 7
    INTERRUPTED = 130


SENTENCES = {
    Exit.PROVED: "Everything worked, and all that was seen is as assumed.",
    Exit.DIFFERENT: "Something did not work, or is not as assumed.",
    Exit.USAGE: "The proof did not start: the command line or the key file is wrong.",
    Exit.NO_CONTACT: "The system could not be reached, or did not answer as expected.",
    Exit.CREDENTIALS: "The system does not accept the credentials.",
    Exit.PERMISSION: "The account lacks a right, a licence or credits.",
    Exit.TOO_SLOW: "The system did not get it done in time.",
    Exit.LEFT_BEHIND: "It worked, but a test object could not be removed.",
    Exit.INTERRUPTED: "The proof was interrupted.",
}


CLEANED = "Nothing is left that can be removed."
"""The result of a successful cleaning alone."""


class TooSlow(Exception):
    """An awaited condition was not met in time."""


_TEXTS_OF_OURS = {
    "camera_needed": "{connection} has no camera.",
    "event_needed": "{connection} lists no events. Name one by --event.",
}


def exit_for(error: BackendError | TooSlow) -> Exit:
    """Return the exit code of a proof that an error has stopped."""
    match error:
        case InvalidCredentials():
            return Exit.CREDENTIALS
        case PermissionDenied():
            return Exit.PERMISSION
        case TooSlow() | BackendError(code="timeout"):
            return Exit.TOO_SLOW
        case CannotConnect() | Unavailable():
            return Exit.NO_CONTACT
        case _:
            return Exit.DIFFERENT


def sentence(code: str, system: str, reason: str) -> str:
    """Return Home Assistant's text for an error code.

    This includes the codes of refused form fields.
    """
    texts = json.loads(_TEXTS.read_text())
    message = (texts["exceptions"].get(code) or {}).get("message")
    message = message or texts["config"]["error"].get(code)
    message = message or _TEXTS_OF_OURS.get(code, code)
    known = {"{connection}": system, "{reason}": reason or "no reason given"}
    for placeholder, value in known.items():
        message = message.replace(placeholder, value)
    return str(message)
