"""Checks that the declarations of each backend are consistent."""

from collections import namedtuple
from collections.abc import Iterator
from inspect import Parameter, signature
from typing import Any

import pytest

from custom_components.event_relay.backends.base import AnyOperation, Ending, Operation
from custom_components.event_relay.backends.field import Kind
from custom_components.event_relay.backends.field_table import flag_field
from custom_components.event_relay.backends.forms import BackendForms
from custom_components.event_relay.backends.target import FollowingOperation
from custom_components.event_relay.backends.transport import TIMEOUT
from custom_components.event_relay.queue.absence import LOOKS, SLOW
from tests.every_backend import BACKENDS

OPERATIONS = [one for forms in BACKENDS for one in forms.backend.operations]
ENDINGS = [
    (forms, begins, ending)
    for forms in BACKENDS
    for begins, ending in forms.endings.items()
]


def name_of(value: object) -> str | None:
    """Return the id of a test parameter."""
    match value:
        case BackendForms():
            return value.backend.name
        case Operation():
            return value.name
        case Ending():
            return value.operation
    return None


def reads_its_table(operation: AnyOperation) -> bool:
    """Return whether the fields become the payload unchanged."""
    return type(operation).parse in (Operation.parse, FollowingOperation.parse)


@pytest.mark.parametrize("forms", BACKENDS, ids=name_of)
def test_connection_has_the_named_fields(forms: BackendForms) -> None:
    known = {*map(str, forms.connection.schema)}
    assert set(forms.credentials) <= known, "credentials"
    if type(forms).identity is BackendForms.identity:
        assert set(forms.identified_by) <= known, "identified_by"


def unfit(operation: Any) -> dict[str, set[str]]:  # noqa: ANN401 - also an abstract one
    """Return where the fields of an operation class do not match its payload."""
    parameters = signature(operation.payload).parameters.values()
    given = {one.name for one in operation.fields if not one.resolved}
    always = {one.name for one in operation.fields if one.required}
    if issubclass(operation, FollowingOperation):
        given.add("target")
        always.add("target")
    wanted = {one.name for one in parameters if one.default is Parameter.empty}
    found = {
        "not taken by the payload": given - {one.name for one in parameters},
        "without a default in the payload": wanted - always,
    }
    return {problem: names for problem, names in found.items() if names}


READ_AS_THEY_ARE = [one for one in OPERATIONS if reads_its_table(one)]


@pytest.mark.parametrize("operation", READ_AS_THEY_ARE, ids=name_of)
def test_payload_matches_the_field_table(operation: AnyOperation) -> None:
    assert unfit(type(operation)) == {}


@pytest.mark.parametrize(("forms", "begins", "ending"), ENDINGS, ids=name_of)
def test_endings_match_their_operations(
    forms: BackendForms, begins: str, ending: Ending
) -> None:
    operations = {one.name: one for one in forms.backend.operations}
    assert {begins, ending.operation} <= operations.keys()
    taken = {one.name for one in operations[begins].asked()}
    assert {*ending.left_open, *ending.instead_of} <= taken, begins
    ends = {one.name: one.kind for one in operations[ending.operation].asked()}
    assert ending.start_field in ends, ending.operation
    if (time := ending.time_field) is not None:
        assert ends.get(time) is Kind.TIME, (
            f"{ending.operation}: time_field={time!r} is not a time; "
            "None if the service takes no end time"
        )


@pytest.mark.parametrize("forms", BACKENDS, ids=name_of)
def test_write_time_is_longer_than_a_request_takes(forms: BackendForms) -> None:
    """Otherwise a look-up may miss a write that the service is still working on."""
    patience = getattr(getattr(forms, "client", None), "timeout", TIMEOUT) + SLOW
    seconds = forms.backend.write_time.total_seconds()
    assert seconds >= patience, f"write_time: at least {patience} s"
    assert seconds / LOOKS >= SLOW, "look-ups in it notice a service that stalls"


@pytest.mark.parametrize(("forms", "begins", "ending"), ENDINGS, ids=name_of)
def test_end_stays_behind_its_start(
    forms: BackendForms, begins: str, ending: Ending
) -> None:
    begun = forms.backend.operation(begins)
    keyed = begun.goes_first or type(begun).key is not Operation.key
    assert keyed, f"{begins} has no key"


def written(forms: BackendForms) -> Iterator[tuple[str, str]]:
    """Yield the operations of rules that have a prose field."""
    ends = {ending.operation for ending in forms.endings.values()}
    for operation in forms.backend.operations:
        if operation.in_rule and operation.name not in ends:
            for one in operation.asked():
                if one.in_rule and one.required and one.prose:
                    yield operation.name, one.name


@pytest.mark.parametrize("forms", BACKENDS, ids=name_of)
def test_test_of_a_rule_is_marked_as_a_test(forms: BackendForms) -> None:
    for operation in dict(written(forms)):
        texts = {field: "x" for name, field in written(forms) if name == operation}
        said = forms.as_test(operation, texts)
        assert "Test" in str(said), f"{operation}: set test_field, or as_test"


class Lacking(Operation[Any, Any, Any]):
    """An operation whose payload does not match its field table."""

    name = "lacking"
    fields = (flag_field("seen"),)
    payload = namedtuple("payload", "other")  # noqa: PYI024


def test_mismatched_payload_is_found() -> None:
    assert unfit(Lacking) == {
        "not taken by the payload": {"seen"},
        "without a default in the payload": {"other"},
    }
