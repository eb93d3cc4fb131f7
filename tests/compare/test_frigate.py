"""Tests of the comparison with Frigate; a simulator replaces the live server."""

from collections.abc import AsyncIterator

import pytest

from tools.compare.differences import Difference, Known, differences, unknown
from tools.compare.frigate.command import report
from tools.compare.frigate.comparison import (
    Comparison,
    Login,
    NotComparableError,
    NotSignedInError,
    Pace,
    compare_frigate,
)
from tools.compare.frigate.known_differences import KNOWN
from tools.simulators.frigate import Camera, FrigateSimulator

from ..responses import respond

QUICK = 0.02
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Allow real connections to 127.0.0.1."""


@pytest.fixture
async def live(request: pytest.FixtureRequest) -> AsyncIterator[FrigateSimulator]:
    """Run a simulator in place of the live server; parametrise it by version."""
    version = getattr(request, "param", "0.18")
    async with FrigateSimulator(version=version, async_delay=QUICK) as simulator:
        yield simulator


async def _compare(
    live: FrigateSimulator,
    login: Login | None = None,
    *,
    clean: bool = False,
    patience: float = 60,
    async_delay: float = QUICK,
) -> Comparison:
    async def advance(seconds: float) -> None:
        live.clock.advance(seconds)

    pace = Pace(pass_time=advance, patience=patience, async_delay=async_delay)
    return await compare_frigate(live.url, login=login, clean=clean, pace=pace)


@pytest.mark.parametrize("live", ["0.15", "0.17", "0.18"], indirect=True)
async def test_equal_servers_have_no_difference(live: FrigateSimulator) -> None:
    comparison = await _compare(live)
    assert unknown(comparison.found, KNOWN) == []
    assert comparison.steps > 100
    assert live.dead == frozenset()
    assert comparison.left == len(live.events) > 0


async def test_comparison_with_a_login_cleans_up(live: FrigateSimulator) -> None:
    live.configure(password=PASSWORD)
    login = Login(user="admin", password=PASSWORD)
    comparison = await _compare(live, login, clean=True)
    assert unknown(comparison.found, KNOWN) == []
    assert live.events == []
    assert comparison.left == 0
    with pytest.raises(NotSignedInError):
        await _compare(live, Login(user="admin", password="another"))


async def test_difference_is_reported(
    live: FrigateSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    live.add_faults(respond(500, {"odd": 1}, path="/api/sub_labels"))
    live.kill("event_thread")
    # As on a busy machine: the simulator is slower than the server's timeout.
    comparison = await _compare(live, patience=0.1, async_delay=0.15)
    found = {(each.step, each.fact) for each in comparison.found}
    assert ("sub labels", "status") in found
    # A missing effect, although the response is the same.
    assert ("created, defaults", "event.camera") in found
    assert report(comparison) == 1
    assert "sub labels: status\n    live      500\n    simulator 200" in (
        capsys.readouterr().out
    )


async def test_no_event_is_ended_without_an_open_item(live: FrigateSimulator) -> None:
    live.kill("review_process")
    comparison = await _compare(live, patience=0.1)
    assert ("end, open: an item is open", "open") in {
        (each.step, each.fact) for each in comparison.found
    }
    ended = [seen for seen in live.requests if seen.path.endswith("/end")]
    # An unknown one, and one with the wrong method.
    assert {seen.status for seen in ended} == {404, 405}


async def test_server_without_a_suitable_camera(live: FrigateSimulator) -> None:
    live.settings.cameras = [Camera(name="front_door", record_enabled=False)]
    with pytest.raises(NotComparableError):
        await _compare(live)


def test_known_differences() -> None:
    (found,) = differences(
        {"profile": {"status": 200, "body": {"name": "a"}}},
        {"profile": {"status": 200, "body": {"name": "b"}}},
    )
    assert found == Difference(
        step="profile", fact="body.name", live="a", simulated="b"
    )
    known = Known(step="prof*", fact="body.*", why="names differ")
    assert unknown([found], [known]) == []
    other = Known(step="prof*", fact="status", why="it is another one")
    assert unknown([found], [other]) == [found]
