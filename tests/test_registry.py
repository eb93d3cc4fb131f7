"""Tests that names of backends are unique."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.forms import Query
from custom_components.event_relay.backends.guance.backend import GUANCE
from custom_components.event_relay.backends.guance.forms import GuanceForms
from custom_components.event_relay.config_flow import EventRelayConfigFlow
from custom_components.event_relay.const import CONF_BACKEND, DOMAIN, OWN_ACTIONS
from custom_components.event_relay.registry import (
    BY_NAME,
    REGISTERED,
    Registered,
    refuse_same_names,
)


async def _ask(_client: object, _fields: Mapping[str, Any]) -> dict[str, Any]:
    return {}


class AnotherForms(GuanceForms):
    """A backend with its own names."""

    backend = replace(GUANCE, name="another")
    action_fields: Mapping[str, Mapping[str, Any]] = {"create_another": {}}


@pytest.mark.parametrize("registered", REGISTERED, ids=lambda one: one.name)
def test_descriptions_match_the_backends_modules(registered: Registered) -> None:
    assert Registered.of(registered.load()) == registered


def test_backends_have_unique_names() -> None:
    refuse_same_names((*REGISTERED, Registered.of(AnotherForms())))


@pytest.mark.parametrize(
    "name", ["create_camera_event", "list_live_events", *sorted(OWN_ACTIONS)]
)
@pytest.mark.parametrize("kind", ["action_fields", "queries"])
def test_duplicate_action_is_refused(name: str, kind: str) -> None:
    forms = AnotherForms()
    named: dict[str, object] = {
        name: Query(fields={}, run=_ask) if kind == "queries" else {}
    }
    setattr(forms, kind, named)
    with pytest.raises(ValueError, match=f"action {name}: of .* and of another"):
        refuse_same_names((*REGISTERED, Registered.of(forms)))


def test_duplicate_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend guance"):
        refuse_same_names((*REGISTERED, Registered.of(GuanceForms())))


def test_duplicate_subentry_type_is_refused() -> None:
    forms = AnotherForms()
    forms.subentry_flows = {"rule": ConfigSubentryFlow}
    with pytest.raises(ValueError, match="subentry rule"):
        refuse_same_names((*REGISTERED, Registered.of(forms)))


async def test_backend_may_have_its_own_subentries(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = AnotherForms()
    forms.subentry_flows = {"request": ConfigSubentryFlow}
    monkeypatch.setitem(BY_NAME, "another", forms)
    subentries = [
        {
            "subentry_id": kind,
            "subentry_type": kind,
            "title": f"A {kind}",
            "data": {"path": "/a"},
            "unique_id": None,
        }
        for kind in ("request", "rule")
    ]
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_BACKEND: "another", "url": "data", "zone": 1},
        options={"url": "option"},
        subentries_data=subentries,
    )
    entry.add_to_hass(hass)

    flows = EventRelayConfigFlow.async_get_supported_subentry_types(entry)
    assert set(flows) == {"rule", "request"}

    settings = forms.settings_of(entry)
    assert settings.all == {CONF_BACKEND: "another", "url": "option", "zone": 1}
    (request,) = settings.subentries.values()
    assert (request.kind, request.title) == ("request", "A request")
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["request"], data={"path": "/b"}
    )
    assert forms.settings_of(entry).subentries["request"].data == {"path": "/b"}
