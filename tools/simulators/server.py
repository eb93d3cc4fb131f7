"""The HTTP server that every simulator runs on."""

import asyncio
from types import TracebackType
from typing import Self, override

from aiohttp import web

from .certificate import self_signed_context
from .control import CONTROL_PATH, answer_control
from .delivery import deliver
from .faults import Fault, FaultKind
from .port import TlsPort
from .reading import read_call
from .recording import SeenRequest, without_secrets
from .simulated_system import SimulatedSystem
from .wire import Call, Reply, html_reply

_HOST = "127.0.0.1"
_LONGEST_LINE = 65536
_PLAIN = "<center>The plain HTTP request was sent to HTTPS port</center>"


class Simulator(SimulatedSystem):
    """A real HTTP server on 127.0.0.1 that simulates an outside system."""

    body_limit = 20 * 1024 * 1024
    """Bytes of a request body beyond which it is not read."""

    def __init__(self, *, port: int = 0, tls: bool = False, prefix: str = "") -> None:
        """Prepare a server on port (0: a free one), below prefix."""
        super().__init__()
        self.port = port
        self.prefix = prefix.rstrip("/")
        self._tls = self_signed_context() if tls else None
        self._runner: web.ServerRunner | None = None
        self._tls_port: TlsPort | None = None
        self._stopping = asyncio.Event()

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{_HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Return the base URL, including the prefix."""
        return self.origin + self.prefix

    @property
    def control_url(self) -> str:
        """Return the base URL of the control calls."""
        return self.origin + CONTROL_PATH

    @override
    def __getstate__(self) -> dict[str, object]:
        """Return the state for a copy: all but the server and the recorded requests."""
        return self.__dict__ | {
            "_tls": None,
            "_runner": None,
            "_tls_port": None,
            "_stopping": asyncio.Event(),
            "requests": [],
        }

    async def start(self) -> None:
        """Listen; after a stop, on the same port again."""
        self._stopping.clear()
        server = web.Server(
            self._serve,
            access_log=None,
            keepalive_timeout=65,
            # The simulated system rejects a request that is too long, not this server.
            max_line_size=_LONGEST_LINE,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        if self._tls is None:
            await web.TCPSite(self._runner, _HOST, self.port).start()
            self.port = self._runner.addresses[0][1]
        else:
            self._tls_port = TlsPort(server, self._tls)
            self.port = self._tls_port.start(_HOST, self.port)

    async def stop(self) -> None:
        """Stop listening and drop every connection; stored data stays."""
        self._stopping.set()
        if self._tls_port is not None:
            await self._tls_port.stop()
            self._tls_port = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self.flush()
        # A client in the same loop notices the disconnect in its next turn.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def _deliver(
        self, request: web.BaseRequest, reply: Reply | None, fault: Fault | None = None
    ) -> web.StreamResponse:
        return await deliver(request, reply, fault, hold=self._stopping.wait)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._tls is not None and not request.secure:
            return await self._deliver(request, html_reply(400, _PLAIN))
        path, _, query = request.raw_path.partition("?")
        control = path.removeprefix(self.prefix)
        if control.startswith(CONTROL_PATH + "/"):
            document = await request.read()
            reply = answer_control(self, request.method, control, document)
            return await self._deliver(request, reply)
        if self.prefix and not path.startswith(self.prefix + "/"):
            return await self._deliver(request, html_reply(404))
        path = path.removeprefix(self.prefix)
        seen = SeenRequest(
            method=request.method,
            path=path,
            query=without_secrets(query),
            time=self.clock.now(),
        )
        self.requests.append(seen)
        fault = self.faults.take(request.method, path)
        return await self._serve_system(request, seen, fault)

    async def _serve_system(
        self, request: web.BaseRequest, seen: SeenRequest, fault: Fault | None
    ) -> web.StreamResponse:
        call: Call | None = None
        reply: Reply | None = None
        if fault is None or takes_effect(fault):
            # Read before any delay: the request counts even if the peer gives up
            # meanwhile.
            call = await read_call(request, self.prefix, self.body_limit)
        before, after = self.waits()
        if fault is not None:
            seen.fault = fault.kind.value
            before += fault.seconds
        await asyncio.sleep(before)
        if call is not None:
            reply = self.answer_safely(call)
            await asyncio.sleep(after + reply.after)
        response = await self._deliver(request, reply, fault)
        seen.status = response.status if response.prepared else None
        return response


def takes_effect(fault: Fault) -> bool:
    """Return whether a request with this fault is handled anyway."""
    if fault.kind in (FaultKind.HANG, FaultKind.STATUS):
        return fault.handled
    return fault.kind not in (FaultKind.REFUSE, FaultKind.RESET_BEFORE)
