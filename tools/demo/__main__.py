"""Show Event Relay at work: a real Home Assistant, and a simulator for each backend."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
import secrets
import sys

from aiohttp import ClientError, ClientSession

from tools.simulators.server import Simulator

from .api import Api, ApiError, User
from .home import Home, HomeError, temporary_home
from .home_setup import settle
from .interruption import INTERRUPTED, interruptible
from .polling import TookTooLong
from .ports import FIRST_PORT
from .scenes import Disproved, Scene, make_scenes
from .screen import progress, say
from .websocket import WebSocket, connected

_FAILURES = (ApiError, ClientError, Disproved, HomeError, OSError, TookTooLong)
_LOOK_SECONDS = 0.2

type Scenes = Sequence[Scene[Simulator]]


def main() -> int | str:
    """Run the demo, and return its exit code or an error message."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="end after the proof: 0 if all arrived"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=FIRST_PORT,
        help="first port to try for the web interface (%(default)s)",
    )
    options = parser.parse_args()
    try:
        asyncio.run(interruptible(_run(once=options.once, port=options.port)))
    except _FAILURES as error:
        return f"The demo failed: {error}"
    except asyncio.CancelledError:
        say("Stopped before the end.")
        return INTERRUPTED
    return 0


async def _run(*, once: bool, port: int) -> None:
    """Start everything, show it, and clean up."""
    user = User(name="demo", password=secrets.token_hex(4))
    scenes = make_scenes()
    async with AsyncExitStack() as simulators, temporary_home(first_port=port) as home:
        for scene in scenes:
            await simulators.enter_async_context(scene.simulator)
        try:
            async with progress("Starting Home Assistant"):
                await home.start()
            await home.run(_show(home, scenes, user))
            if not once:
                await _serve(home, scenes, user)
        finally:
            async with progress("Stopping Home Assistant"):
                await home.stop()


async def _show(home: Home, scenes: Scenes, user: User) -> None:
    """Set the home up, and play the scenes."""
    async with ClientSession() as session:
        api = Api(session, home.url)
        async with progress("Making a user, and going through onboarding"):
            await api.make_user(user)
            await api.wait_running()
            await api.finish_onboarding()
        async with connected(session, home.url, api.access_token) as socket:
            await settle(socket)
            for scene in scenes:
                async with progress(f"Connecting to {scene.name}, adding {scene.adds}"):
                    await scene.set_up(api, socket)
            try:
                await _play(scenes, socket)
            except Disproved, TookTooLong:
                for line in home.log_about(".event_relay", ".automation", ".script"):
                    say(f"    {line}")
                raise
    say("All of it arrived.")


async def _play(scenes: Scenes, socket: WebSocket) -> None:
    """Play the scenes, and check that nothing arrived twice."""
    for scene in scenes:
        await scene.play(socket)
    say("From here on there is no YAML: rules and mirrors are made in their forms.")
    for scene in scenes:
        await scene.follow(socket)
    for scene in scenes:
        scene.check_count()


async def _serve(home: Home, scenes: Scenes, user: User) -> None:
    """Let the user look around, until a signal comes."""
    say(f"Home Assistant is at {home.url}, user {user.name}, password {user.password}")
    say("Its page “Try it” has all that was shown. Ctrl-C ends it.")
    with suppress(asyncio.CancelledError):
        await home.run(_print_arrivals(scenes))


async def _print_arrivals(scenes: Scenes) -> None:
    """Print a line for each item that arrives, and again once it has its end."""
    told = set(_lines(scenes))
    while True:
        for line in _lines(scenes):
            if line not in told:
                told.add(line)
                say(f"  {line}")
        await asyncio.sleep(_LOOK_SECONDS)


def _lines(scenes: Scenes) -> list[str]:
    return [line for scene in scenes for line in scene.lines()]


if __name__ == "__main__":
    sys.exit(main())
