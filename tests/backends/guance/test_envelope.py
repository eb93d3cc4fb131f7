"""Tests that any response gives a result or a client error."""

from datetime import UTC, datetime
import json

from hypothesis import given, strategies as st
from multidict import CIMultiDict

from custom_components.event_relay.backends.base import Json
from custom_components.event_relay.backends.errors import BackendError, InvalidResponse
from custom_components.event_relay.backends.guance.api.envelope import unwrap
from custom_components.event_relay.backends.guance.api.look_ups import (
    OWN_TAG,
    sightings,
)
from custom_components.event_relay.backends.guance.api.models import GuanceWorkspace
from custom_components.event_relay.backends.transport import Effect, Reply

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "code": scalars | st.sampled_from([200, 400, 401, 403, 500, 503]),
        "content": anything,
        "errorCode": scalars | st.sampled_from(["ft.InvalidAPIKey", "InternalError"]),
        "message": anything,
        "success": anything,
    },
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "is_running": anything,
        "async_id": anything,
        "series": anything
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "tags": anything,
                    "columns": anything | st.lists(st.sampled_from([OWN_TAG, "time"])),
                    "values": anything | st.lists(st.lists(scalars, max_size=2)),
                },
            )
        ),
    },
)


@given(
    status=st.integers(200, 599),
    body=st.binary() | (anything | envelopes).map(lambda one: json.dumps(one).encode()),
    effect=st.sampled_from([Effect.NONE, Effect.ONCE]),
)
def test_any_response(status: int, body: bytes, effect: Effect) -> None:
    reply = Reply(status=status, headers=CIMultiDict(), set_cookies={}, body=body)
    try:
        envelope = unwrap(reply, effect)
    except BackendError:
        return
    assert status == 200
    assert (envelope.status, envelope.success, envelope.error) == (200, True, "")


@given(content=anything | st.fixed_dictionaries({"data": anything | st.lists(answers)}))
def test_any_finding(content: Json) -> None:
    try:
        found = sightings({"one": datetime.now(UTC)}, content)
    except InvalidResponse:
        return
    assert set(found) == {"one"}


@given(content=anything)
def test_any_workspace(content: Json) -> None:
    try:
        GuanceWorkspace.parse(content)
    except InvalidResponse:
        return
