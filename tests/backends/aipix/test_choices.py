"""Tests of the lists that aipix's client reads for scripts."""

import pytest

from custom_components.event_relay.backends.aipix.api.client import AipixClient
from custom_components.event_relay.backends.aipix.api.login import Api
from custom_components.event_relay.backends.aipix.choices import (
    Choice,
    ScriptChoices,
    reactions_of,
    script_choices,
)
from custom_components.event_relay.backends.base import Json, JsonObject
from custom_components.event_relay.backends.errors import InvalidResponse, Unavailable
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault

from ...responses import respond
from .conftest import MakeClient
from .test_client import SCRIPT, paths

TELEGRAM: JsonObject = {"id": 3, "name": "telegram"}


def answered(path: str, body: Json = None, status: int = 200) -> Fault:
    return respond(
        status,
        {"message": "no"} if body is None else body,
        method="GET",
        path=path,
        times=None,
    )


async def test_all_lists_are_read(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.configure(per_page=1)
    assert (await script_choices(client)).as_json() == {
        "users": [{"id": 7, "name": "User 7"}, {"id": 8, "name": "User 8"}],
        "events": [
            {"id": 11, "name": "person_counting"},
            {"id": 41, "name": "person_counting"},
        ],
        "reactions": [{"id": 3, "name": "telegram"}, {"id": 4, "name": "telegram"}],
        "cameras": [{"id": 12, "name": "Camera 12"}],
        "missing": [],
    }
    assert "GET /api/v1/scripts" not in paths(simulator)


async def test_wrapped_response_is_read(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    simulator.configure(wrapped=True)
    assert (await script_choices(client)).as_json()["missing"] == []


async def test_existing_scripts_replace_missing_lists(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    for _ in range(2):
        await client.create_script(SCRIPT)
    await client.create_script({**SCRIPT, "reaction_id": None})
    simulator.add_faults(answered("*/static", {"video_rates": []}))
    found = (await script_choices(client)).as_json()
    assert found["events"] == [{"id": 41, "name": "person_counting"}]
    assert found["reactions"] == [TELEGRAM]
    assert found["missing"] == ["events", "reactions"]


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_missing_lists_are_left_out(
    client: AipixClient, simulator: AipixSimulator, status: int
) -> None:
    for path in ("*/static", "*/scripts", "*/scripts/users", "*/cameras"):
        simulator.add_faults(answered(path, status=status))
    assert (await script_choices(client)).as_json() == {
        "users": [],
        "events": [],
        "reactions": [],
        "cameras": [],
        "missing": ["users", "events", "reactions", "cameras"],
    }


async def test_endless_list_is_left_out(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    endless: JsonObject = {"data": [{"id": 1}], "meta": {"last_page": 10_000}}
    simulator.add_faults(answered("*/cameras", endless))
    found = (await script_choices(client)).as_json()
    assert found["missing"] == ["cameras"]
    assert len(paths(simulator)) < 60


async def test_only_ids_and_names_are_kept(
    client: AipixClient, simulator: AipixSimulator
) -> None:
    users: JsonObject = {
        "data": [
            {"id": 7, "name": "", "login": "seven", "access_token_id": "canary"},
            {"id": 7, "name": "again"},
            {"id": 8, "extra": {"bot_token": "canary"}},
            {"id": "9", "name": "no number"},
            {"id": True, "name": "no number"},
        ]
    }
    simulator.add_faults(answered("*/scripts/users", users))
    found = (await script_choices(client)).as_json()
    assert found["users"] == [{"id": 7, "name": "seven"}, {"id": 8, "name": None}]
    assert found["missing"] == []


@pytest.mark.parametrize("path", ["*/static", "*/scripts/users", "*/cameras"])
async def test_failed_list_raises_an_error(
    client: AipixClient, simulator: AipixSimulator, path: str
) -> None:
    simulator.add_faults(answered(path, status=503))
    with pytest.raises(Unavailable):
        await script_choices(client)
    simulator.clear_faults()
    simulator.add_faults(answered(path, "no list"))
    with pytest.raises(InvalidResponse):
        await script_choices(client)


@pytest.mark.parametrize(
    ("static", "ids"),
    [
        ({"reactions": []}, []),
        ({"default_reaction": 3, "scriptReactions": [TELEGRAM]}, [3]),
        ({"reaction_kinds": [{"id": 5}], "reactions": [TELEGRAM]}, [3]),
        ({"reaction_kinds": ["sound"], "script_reactions": [TELEGRAM]}, [3]),
        ({"reactions": [{"name": "sound"}]}, None),
        ({"reactions": {"id": 3}}, None),
        ({"analytic_events": [TELEGRAM]}, None),
    ],
)
def test_reactions_are_searched_for(static: JsonObject, ids: list[int] | None) -> None:
    found = reactions_of(static)
    assert ids == (None if found is None else [one.id for one in found])


async def test_administrator_api_is_only_asked_for_users(
    make_client: MakeClient, simulator: AipixSimulator
) -> None:
    client = make_client(Api.ADMINISTRATOR)
    found = await script_choices(client)
    assert found.as_json()["missing"] == ["users", "events", "reactions", "cameras"]
    assert paths(simulator) == [
        "POST /api/admin/v1/auth/token",
        "GET /api/admin/v1/users",
    ]

    answers: list[tuple[Json, tuple[Choice, ...] | None]] = [
        ({"data": [{"id": 7, "login": "seven"}]}, (Choice(7, None, "seven"),)),
        ([{"id": 8, "name": "Eight"}], (Choice(8, "Eight"),)),
        ("something else", None),
    ]
    for body, users in answers:
        simulator.clear_faults()
        simulator.add_faults(answered("*/users", body))
        assert (await script_choices(client)).users == users


def test_login_names_are_only_listed_on_request() -> None:
    """Every user of Home Assistant may read the lists in the forms of actions."""
    choices = ScriptChoices(users=(Choice(7, None, "seven"), Choice(8, "Eight", "e")))
    assert choices.as_labels()["users"] == {"7": "7", "8": "Eight (8)"}
    assert choices.as_json()["users"] == [
        {"id": 7, "name": "seven"},
        {"id": 8, "name": "Eight"},
    ]
