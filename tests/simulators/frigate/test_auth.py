"""Facts §4: logins, tokens, roles."""

import base64
import json
import re
from typing import Any

import pytest

from .conftest import Answer, Caller, Start

PASSWORD = "correct horse"
CREATE = "/api/events/front_door/person/create"


async def _login(call: Caller, password: str = PASSWORD) -> Answer:
    body = {"user": "admin", "password": password}
    return await call("POST", "/api/login", json=body)


def _token(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]


def _bearer(answer: Answer) -> dict[str, str]:
    return {"Authorization": f"Bearer {_token(answer)}"}


def _claims(answer: Answer) -> dict[str, Any]:
    payload = _token(answer).split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


async def test_without_a_password_everyone_is_admin(call: Caller) -> None:
    """Facts §1: port 5000."""
    profile = (await call("GET", "/api/profile")).json
    assert (profile["username"], profile["role"]) == ("anonymous", "admin")
    answer = await _login(call)
    assert (answer.status, answer.json) == (
        404,
        {"message": "Authentication is disabled"},
    )


async def test_without_a_password_everyone_may_be_viewer(start: Start) -> None:
    """Facts §4: 8971, authentication off, no header map."""
    call = await start(role="viewer")
    assert (await call("POST", CREATE)).status == 403


async def test_login_sets_a_cookie_and_has_no_body(start: Start) -> None:
    call = await start(password=PASSWORD, cookie_name="my_token")
    answer = await _login(call)
    assert (answer.status, answer.text) == (200, "")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("my_token=")
    assert cookie.endswith("; HttpOnly; Max-Age=86400; Path=/; SameSite=lax")
    claims = _claims(answer)
    assert claims["exp"] == claims["iat"] + 86400
    assert (claims["sub"], claims["role"]) == ("admin", "admin")


@pytest.mark.parametrize("version", ["0.17.2-0000000", "0.18.0-0000000"])
async def test_cookie_of_older_versions_has_no_age(start: Start, version: str) -> None:
    """Facts §9."""
    answer = await _login(await start(version=version, password=PASSWORD))
    cookie = answer.headers["Set-Cookie"]
    assert "Max-Age" not in cookie
    assert re.search(r"; expires=\w{3}, [^;]+ GMT; HttpOnly; Path=/; Same", cookie)
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_login_has_no_page(start: Start, password: str | None) -> None:
    """Facts §9."""
    answer = await (await start(password=password))("GET", "/api/login")
    assert (answer.status, answer.json) == (
        401,
        {"detail": "No authorization headers."},
    )


async def test_unknown_path_is_forbidden_to_a_viewer(start: Start) -> None:
    """Facts §9."""
    answer = await (await start(role="viewer"))("GET", "/api/nothing")
    assert (answer.status, answer.json) == (
        403,
        {"detail": "Access denied. A user with the admin role is required."},
    )


async def test_wrong_password(start: Start) -> None:
    answer = await _login(await start(password=PASSWORD), "wrong")
    assert (answer.status, answer.json) == (401, {"message": "Login failed"})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer garbage"}, {"Cookie": "frigate_token=garbage"}],
    ids=["none", "bearer", "cookie"],
)
async def test_no_token_is_401_in_html(start: Start, headers: dict[str, str]) -> None:
    call = await start(password=PASSWORD)
    for path in ("/api/version", "/api/profile", "/api/nothing"):
        answer = await call("GET", path, headers=headers)
        assert (answer.status, answer.is_html) == (401, True)


async def test_bearer_and_cookie(start: Start) -> None:
    call = await start(password=PASSWORD)
    login = await _login(call)
    cookie = {"Cookie": f"frigate_token={_token(login)}"}
    for headers in (_bearer(login), cookie):
        assert (await call("POST", CREATE, headers=headers)).status == 200
    # facts §4: the Bearer header has priority.
    headers = cookie | {"Authorization": "Bearer garbage"}
    assert (await call("GET", "/api/profile", headers=headers)).status == 401


async def test_token_expires(start: Start) -> None:
    call = await start(password=PASSWORD, session_length=60)
    headers = _bearer(await _login(call))
    call.frigate.clock.advance(59)
    assert (await call("GET", "/api/version", headers=headers)).status == 200
    call.frigate.clock.advance(2)
    answer = await call("GET", "/api/version", headers=headers)
    assert (answer.status, answer.is_html) == (401, True)


async def test_only_cookies_are_refreshed(start: Start) -> None:
    call = await start(password=PASSWORD)
    login = await _login(call)
    cookie = {"Cookie": f"frigate_token={_token(login)}"}
    early = await call("GET", "/api/version", headers=cookie)
    assert "Set-Cookie" not in early.headers
    call.frigate.clock.advance(86400 - 1000)
    late = await call("GET", "/api/version", headers=cookie)
    assert _claims(late)["exp"] > _claims(login)["exp"]
    bearer = await call("GET", "/api/version", headers=_bearer(login))
    assert "Set-Cookie" not in bearer.headers


async def test_expire_logins(start: Start) -> None:
    call = await start(password=PASSWORD)
    headers = _bearer(await _login(call))
    call.frigate.expire_logins()
    assert (await call("GET", "/api/version", headers=headers)).status == 401
    again = _bearer(await _login(call))
    assert (await call("GET", "/api/version", headers=again)).status == 200


async def test_changed_password_keeps_the_token(start: Start) -> None:
    call = await start(password=PASSWORD)
    headers = _bearer(await _login(call))
    call.frigate.configure(password="something else")
    assert (await call("GET", "/api/version", headers=headers)).status == 200
    assert (await _login(call)).status == 401


async def test_rate_limit_counts_successes(start: Start) -> None:
    call = await start(password=PASSWORD, rate_limit=3)
    for _ in range(3):
        assert (await _login(call)).status == 200
    answer = await _login(call)
    assert answer.status == 429
    assert answer.json == {"error": "Rate limit exceeded: 3 per 1 minute"}
    assert "Retry-After" not in answer.headers
    call.frigate.clock.advance(61)
    assert (await _login(call)).status == 200


@pytest.mark.parametrize("role", ["viewer", "garden_only"])
async def test_only_admins_may_write(start: Start, role: str) -> None:
    call = await start(password=PASSWORD, role=role)
    headers = _bearer(await _login(call))
    assert (await call("GET", "/api/events", headers=headers)).status == 200
    profile = (await call("GET", "/api/profile", headers=headers)).json
    # facts §9: in no order.
    assert sorted(profile.pop("allowed_cameras")) == ["front_door", "garden"]
    assert profile == {"username": "admin", "role": role}
    answer = await call("POST", CREATE, headers=headers)
    assert answer.status == 403
    assert answer.json == {"detail": f"Role {role} not authorized. Required: admin"}


async def test_role_is_part_of_the_token(start: Start) -> None:
    call = await start(password=PASSWORD)
    headers = _bearer(await _login(call))
    call.frigate.configure(role="viewer")
    assert (await call("POST", CREATE, headers=headers)).status == 200
    headers = _bearer(await _login(call))
    assert (await call("POST", CREATE, headers=headers)).status == 403


async def test_broken_json_comes_before_the_role(start: Start) -> None:
    """Facts §2.1: wrong types come after it."""
    call = await start(role="viewer")
    headers = {"Content-Type": "application/json"}
    broken = await call("POST", CREATE, data=b"{broken", headers=headers)
    assert broken.status == 422
    wrong = await call("POST", CREATE, json={"duration": "soon"})
    assert wrong.status == 403


async def test_015_lets_every_user_write(start: Start) -> None:
    call = await start(version="0.15", password=PASSWORD, role="viewer")
    headers = _bearer(await _login(call))
    assert (await call("POST", CREATE, headers=headers)).status == 200


async def test_origin_needs_the_csrf_header(call: Caller) -> None:
    origin = {"Origin": "http://evil.example"}
    answer = await call("POST", CREATE, headers=origin)
    assert answer.status == 401
    assert answer.json == {"success": False, "message": "Missing CSRF header"}
    headers = origin | {"X-CSRF-TOKEN": "1"}
    assert (await call("POST", CREATE, headers=headers)).status == 200
    assert (await call("GET", "/api/events", headers=origin)).status == 200
