"""Requests about logins, right and wrong ones."""

from dataclasses import replace

from tools.compare.side import Side
from tools.simulators.wire import Json

from .recorder import Recorder


class NotSignedInError(Exception):
    """The live server does not take the name and password."""


async def sign_in(side: Side, user: str, password: str) -> None:
    """Log in, keep what the answer was like, and use the token from here on."""
    body: Json = {"user": user, "password": password}
    answer = await side.ask("POST", "/api/login", json=body)
    if answer.status != 200 or answer.cookie is None:
        raise NotSignedInError(f"{side.name} answered a login with {answer.status}")
    side.see("login", answer.facts(whole=True) | {"length": len(answer.text)})
    token = answer.cookie.partition("=")[2].partition(";")[0]
    side.headers = {"Authorization": f"Bearer {token}"}


async def try_logins(recorder: Recorder, *, user: str | None) -> None:
    """Send them; one with a wrong password, which few rate limits mind."""
    wrong: Json = {"user": user or "admin", "password": "not the password"}
    await recorder.step("login, wrong", "POST", "/api/login", json=wrong)
    await recorder.step("login, no body", "POST", "/api/login")
    await recorder.step("login, half", "POST", "/api/login", json={"user": "x"})
    if user is None:
        return
    stranger = replace(recorder, side=replace(recorder.side, headers={}))
    garbage = {"Authorization": "Bearer garbage"}
    for path in ("version", "events", "nothing", "login"):
        step = f"stranger, {path}"
        await stranger.step(step, "GET", f"/api/{path}")
        await stranger.step(f"{step}, garbage", "GET", f"/api/{path}", headers=garbage)
    create = f"/api/events/{recorder.camera}/compare/create"
    await stranger.step("stranger, create", "POST", create, json={})
