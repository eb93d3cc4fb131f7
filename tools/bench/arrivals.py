"""The arrivals at the receiving server."""

from aiohttp import ClientSession


class ArrivalLog:
    """The receiving server, as the bench sees it."""

    def __init__(self, session: ClientSession, address: str) -> None:
        """Take a session and the server's address."""
        self._session = session
        self.address = address

    async def arrivals(self) -> dict[int, float]:
        """Return the arrival of each number since last time, in monotonic seconds."""
        async with self._session.get(f"{self.address}/arrivals") as response:
            return {number: moment for moment, number in await response.json()}
