"""All rules and mirrors of a run."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
import random

from custom_components.event_relay.queue.delivery import Delivery
from tools.demo.api import Api, ApiError, member
from tools.demo.polling import TookTooLong, eventually
from tools.demo.websocket import WebSocket

from .followers import Follower, make_followers
from .ledger import Row
from .targets import AnyTarget
from .wall_clock import Span

_RUNS_SECONDS = 180.0
_AGAIN_SECONDS = 1.0
_ONCE_SECONDS = 60.0


class Following:
    """Adds rules and mirrors, changes their sources, and accounts for them."""

    def __init__(
        self, targets: Sequence[AnyTarget], seed: str, off: Sequence[Span] = ()
    ) -> None:
        """Take their connections, and the times of a wrong clock."""
        self._followers = make_followers(targets, off)
        self._chances = {
            one.name: random.Random(f"{seed} {one.name}")  # noqa: S311 no secrets
            for one in self._followers
        }

    async def add(
        self, api: Api, socket: WebSocket, entries: Mapping[str, AnyTarget]
    ) -> None:
        """Add them all, by their forms."""
        ids = {target.name: entry_id for entry_id, target in entries.items()}
        for one in self._followers:
            await one.add(api, socket, ids[one.target.name])

    async def drive(self, api: Api, socket: WebSocket) -> None:
        """Change their sources while Home Assistant runs, until it is killed."""
        with suppress(ApiError):
            await eventually(
                partial(_runs, socket), "the end of a start", _RUNS_SECONDS
            )
            async with asyncio.TaskGroup() as driving:
                for one in self._followers:
                    driving.create_task(self._drive(one, api, socket))

    async def drive_once(self, api: Api, socket: WebSocket) -> None:
        """Change the sources without an accepted change yet, until they have one."""
        idle = [one for one in self._followers if not one.accepted]
        driving = [asyncio.create_task(self._drive(one, api, socket)) for one in idle]
        with suppress(TookTooLong):
            await eventually(partial(_accepted, idle), "a firing", _ONCE_SECONDS)
        for task in driving:
            task.cancel()
        if driving:
            await asyncio.wait(driving)

    async def _drive(self, one: Follower, api: Api, socket: WebSocket) -> None:
        """Change one source as long as Home Assistant responds.

        Home Assistant may refuse a token from a time that its clock no longer shows.
        """
        with suppress(ApiError):
            while await _runs(socket):
                with suppress(ApiError):  # also those of a group
                    await one.drive(api, socket, self._chances[one.name])
                await asyncio.sleep(_AGAIN_SECONDS)

    async def left(
        self, api: Api, socket: WebSocket, patience: float
    ) -> Mapping[str, int]:
        """Return the number of unsettled items, by name."""
        numbers = {
            one.name: await one.left(api, socket, patience) for one in self._followers
        }
        return {name: number for name, number in numbers.items() if number}

    def rows(
        self, deliveries: Sequence[Delivery], told: Mapping[str, str]
    ) -> Sequence[Row]:
        """Return the rows of all."""
        rows = []
        for one in self._followers:
            own = [
                each
                for each in deliveries
                if each.origin.subentry_id == one.subentry_id
            ]
            row = one.account(own, told)
            row.subentry_id = one.subentry_id
            rows.append(row)
        return rows

    def knows(self, target: AnyTarget, mark: str) -> bool:
        """Return whether a mark belongs to a target."""
        return any(one.target is target and one.is_own(mark) for one in self._followers)


async def _accepted(followers: Sequence[Follower]) -> bool | None:
    """Return True once each follower has an accepted change, None before."""
    return True if all(one.accepted for one in followers) else None


async def _runs(socket: WebSocket) -> bool | None:
    """Return True once all have started, None before; raises ApiError at the end."""
    state = member(await socket.command("get_config"), "state", str)
    return True if state == "RUNNING" else None
