"""The credentials file, which keeps them out of command lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_LINES: Mapping[str, Sequence[Sequence[str]]] = {
    "frigate": ((), ("username", "password")),
    "aipix": (("username", "password"),),
    "guance": (("api_key",),),
    "palabra": (("api_key",), ("client_id", "client_secret")),
}
DESCRIPTION = (
    "aipix, Frigate: login and password in two lines; Guance: the Key ID;"
    " Palabra: the API key, or ClientID and ClientSecret in two lines"
)


class BadKeyFile(ValueError):
    """The file does not have the backend's credentials."""


def read_key_file(backend: str, path: Path | None) -> dict[str, Any]:
    """Return the credentials in a file, or none without one; raises BadKeyFile."""
    try:
        text = path.read_text() if path is not None else ""
        lines = [line.strip() for line in text.splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeyFile(
            f"the key file cannot be read: {type(error).__name__}"
        ) from error
    given = [line for line in lines if line]
    every = {name for names in _LINES[backend] for name in names}
    for names in _LINES[backend]:
        if len(names) == len(given):
            return dict.fromkeys(every, "") | dict(zip(names, given, strict=True))
    raise BadKeyFile(f"the key file has {len(given)} lines ({DESCRIPTION})")
