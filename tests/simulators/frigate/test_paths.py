"""Facts §2.5: path segments, as nginx and then FastAPI handle them."""

import pytest

from .conftest import Caller, Start


def create(label: str, camera: str = "front_door") -> str:
    return f"/api/events/{camera}/{label}/create"


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("front%20gate", "front gate"),
        ("T%C3%BCr", "Tür"),
        ("%F0%9F%9A%AA", "🚪"),
        ("%3F%23%20%25%3A", "?# %:"),
        ("two%0Alines", "two\nlines"),
        ("%2541", "%41"),
        ("x" * 300, "x" * 300),
    ],
)
async def test_label_may_be_any_segment(call: Caller, written: str, label: str) -> None:
    assert (await call.event(await call.create(written)))["label"] == label


@pytest.mark.parametrize("label", ["a/b", "a%2Fb", "", ".", "%2e"])
async def test_label_that_changes_the_path_is_404(call: Caller, label: str) -> None:
    answer = await call("POST", create(label))
    assert answer.status == 404
    assert answer.json == {"detail": "Not Found"}


@pytest.mark.parametrize("label", ["..", "%2e%2e", "x%2F..%2F.."])
async def test_label_that_goes_up_is_405(call: Caller, label: str) -> None:
    answer = await call("POST", create(label))
    assert answer.status == 405
    assert answer.json == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize("label", ["a%00b", "a%zz"])
async def test_label_without_valid_utf8_is_400_from_nginx(
    call: Caller, label: str
) -> None:
    answer = await call("POST", create(label))
    assert answer.status == 400
    assert answer.is_html


async def test_trailing_slash_is_a_broken_redirect(call: Caller) -> None:
    answer = await call("POST", create("person") + "/")
    assert answer.status == 307
    assert answer.headers["Location"] == (
        "http://127.0.0.1/events/front_door/person/create"
    )
    assert call.frigate.events == []


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", create("person"), 405, "POST"),
        ("POST", "/api/version", 405, "GET"),
        ("POST", "/api/nothing", 405, "GET"),
        ("POST", "/api/nothing/at/all", 404, None),
        ("HEAD", "/api/version", 200, None),
        ("HEAD", "/api/events", 200, None),
    ],
)
async def test_method(
    call: Caller, method: str, path: str, status: int, allowed: str | None
) -> None:
    """Facts §9: any path with one segment names a camera."""
    answer = await call(method, path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allowed)


async def test_unknown_path_counts_as_a_camera(call: Caller) -> None:
    answer = await call("GET", "/api/nothing")
    assert (answer.status, answer.json) == (
        404,
        {"success": False, "message": "Camera not found"},
    )


async def test_api_without_slash_is_redirected(call: Caller) -> None:
    """Facts §9."""
    answer = await call("GET", "/api")
    assert (answer.status, answer.is_html) == (301, True)
    assert answer.headers["Location"] == f"{call.frigate.url}/api/"


async def test_long_label_is_414_from_nginx(call: Caller) -> None:
    """Facts §9."""
    answer = await call("POST", create("x" * 9000))
    assert (answer.status, answer.is_html) == (414, True)


async def test_third_shape_of_404_is_a_string(call: Caller) -> None:
    answer = await call("GET", "/api/events/1.5-abcdef")
    assert (answer.status, answer.json) == (404, "Event not found")


async def test_wrong_method_is_405(call: Caller) -> None:
    assert (await call("GET", create("person"))).status == 405


async def test_before_015_errors_of_the_router_are_html(start: Start) -> None:
    call = await start(version="0.14")
    assert (await call("GET", "/api/nothing")).is_html


async def test_sub_path(start: Start, call: Caller) -> None:
    """Facts §1: a base URL may have a path."""
    frigate = call.frigate
    await frigate.stop()
    frigate.prefix = "/frigate"
    await frigate.start()
    assert frigate.url.endswith("/frigate")
    assert (await call("GET", "/api/version")).status == 200


async def test_outside_the_api_is_a_web_page(call: Caller) -> None:
    answer = await call("GET", "/version")
    assert (answer.status, answer.is_html) == (200, True)
