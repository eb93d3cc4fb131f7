"""Tests that the reasons in our own words can be translated."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
import errno
from pathlib import Path
import sqlite3

from aiohttp import ClientConnectorError
from aiohttp.client_reqrep import ConnectionKey
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_load_integrations
import pytest

from custom_components.event_relay.backends import errors
from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.backends.http_failures import (
    Effect,
    TooLarge,
    translate,
)
from custom_components.event_relay.backends.own_sentences import (
    OWN_REASONS,
    OwnReason,
    OwnWarning,
    own_reason,
)
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.errors import backend_error, outbox_error
from custom_components.event_relay.home_language import reason_in_words
from custom_components.event_relay.queue.store.file import StoreUnavailable
from custom_components.event_relay.registry import BY_NAME
from tests.checks.files import PACKAGE, read_json
from tests.every_backend import BACKENDS

RAISED = {
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.BackendError)
} | {"StoreUnavailable", "TooLarge", "_unreadable"}
"""What takes a reason: the errors of clients and of the outbox, and a function."""
NAMED = {"reason", "redirected", "words"}
"""Variables that hold a reason."""


def reasons_in(source: str) -> Iterator[str]:
    """Yield the reasons in our own words in the source of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=given) if name in RAISED:
                values: list[ast.expr] = given
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                values = [value]
            case _:
                continue
        for value in values:
            match value:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr(values=[*_, ast.Constant()] | [ast.Constant(), *_]):
                    # Composed of more than values and what is between them.
                    yield ast.unparse(value)


def owners() -> Mapping[str, set[str | None]]:
    """Return the backends that give each reason, by reason; None for shared code."""
    found = defaultdict(set)
    for path in (
        *Path(PACKAGE, "backends").rglob("*.py"),
        *Path(PACKAGE, "queue").glob("*.py"),
        *Path(PACKAGE, "queue/store").glob("*.py"),
    ):
        folder = path.relative_to(PACKAGE).parts[1]
        for reason in reasons_in(path.read_text()):
            if reason and not reason.startswith("f'HTTP {"):
                found[reason].add(folder if folder in BY_NAME else None)
    return found


def test_every_reason_of_ours_has_a_text() -> None:
    found = owners()
    assert "the answer is not JSON" in found
    for reason, backends in found.items():
        if None in backends or len(backends) > 1:
            assert reason in OWN_REASONS
        else:
            (name,) = backends
            assert reason in BY_NAME[str(name)].reasons
    texts = read_json(PACKAGE / "translations/en.json")["common"]
    assert {*OWN_REASONS.values(), *BY_NAME.reasons.values()} <= texts.keys()
    assert {f"own_{reason.code}" for reason in OwnReason} <= texts.keys()


def test_no_two_backends_have_the_same_reason() -> None:
    own = [reason for forms in BACKENDS for reason in forms.reasons]
    assert len({*own, *OWN_REASONS}) == len(own) + len(OWN_REASONS)


@pytest.mark.parametrize("forms", BACKENDS, ids=lambda forms: forms.backend.name)
def test_shared_reasons_name_no_backend(forms: BackendForms) -> None:
    title = forms.backend.title.casefold()
    sentences = {*OWN_REASONS, *OwnReason, *OwnWarning}
    assert not [one for one in sentences if title in one.casefold()]


@pytest.mark.parametrize(
    ("stored", "key", "values"),
    [
        ("Frigate has no such event", "reason_unknown_event", {}),
        ("aipix has no such script", "reason_unknown_script", {}),
        (
            "Frigate answered with event 12, but does not show it",
            "own_not_shown",
            {"event_id": "12"},
        ),
        (
            "it failed 5 times on this event, but took others",
            "own_failed_often",
            {"times": "5"},
        ),
        ("X-Name is more than one line", "own_several_lines", {"name": "X-Name"}),
    ],
)
def test_stored_reason_of_a_backend_has_its_text(
    stored: str, key: str, values: Mapping[str, str]
) -> None:
    assert own_reason(stored, {}) is None
    assert own_reason(stored, BY_NAME.reasons) == (key, values)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        OSError("broken"),
        TooLarge("the answer is larger than expected"),
    ],
)
def test_every_loss_on_the_way_has_a_text(error: Exception) -> None:
    assert str(translate(error, Effect.ONCE)) in OWN_REASONS


@pytest.mark.parametrize("number", [*errno.errorcode, None, -3])
def test_every_failure_to_connect_has_a_text(number: int | None) -> None:
    """Whatever the operating system calls it, and in whatever language."""
    failure = OSError(number, "in its own words") if number else OSError("broken")
    key = ConnectionKey("nvr.local", 5000, False, True, None, None, None, None)
    error = ClientConnectorError(key, failure)
    reason = str(translate(error, Effect.ONCE))
    assert own_reason(reason, {}) is not None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_failures_of_the_disk_have_a_text(number: int) -> None:
    failure = OSError(number, "in its own words", "/config/file")
    assert own_reason(str(StoreUnavailable.of(failure)), {}) is not None


def test_failures_of_sqlite_have_a_text(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path / "no folder" / "file")
    assert own_reason(str(StoreUnavailable.of(caught.value)), {}) is not None


async def test_our_reasons_are_translated_and_others_are_quoted(
    hass: HomeAssistant,
) -> None:
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    assert reason_in_words(hass, "no answer in time") == (
        "es hat nicht rechtzeitig geantwortet"
    )
    assert reason_in_words(hass, "No room left") == "No room left"
    place = OwnReason.UNREADABLE_AT.of(place="rooms.name")
    assert reason_in_words(hass, place) == "die Antwort ist nicht lesbar: rooms.name"
    full = outbox_error(StoreUnavailable("database or disk is full"))
    assert full.translation_placeholders is not None
    assert full.translation_placeholders["reason"] == "der Datenträger ist voll"
    ours = backend_error(hass, errors.InvalidResponse("the event has no id"), "Palabra")
    assert ours.translation_placeholders == {
        "connection": "Palabra",
        "reason": "die Antwort enthält keine ID",
    }
