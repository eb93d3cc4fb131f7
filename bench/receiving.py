"""What the receiving server has noted."""

from aiohttp import ClientSession


class Receiving:
    """The receiving server, as the bench sees it."""

    def __init__(self, session: ClientSession, address: str) -> None:
        """Take a session and where the server is."""
        self._session = session
        self.address = address

    async def arrivals(self) -> dict[int, float]:
        """Return when each number came since the last time, in monotonic seconds."""
        async with self._session.get(f"{self.address}/arrivals") as response:
            return {number: moment for moment, number in await response.json()}
