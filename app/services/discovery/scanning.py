"""One scan: leads each address from port to port, never two at a time of one address, and hands on what was found."""

import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from app.errors import AppError
from app.models.discovery import FoundExporter, Hit, ScanRequest, ScanSummary
from app.services.discovery.judging import Register
from app.services.discovery.knocking import Answer, Knock, Knocks
from app.services.discovery.looking import Look, SeenServer
from app.services.discovery.pacing import Patience, Throttle
from app.services.enrolment.network import TunedSocket
from app.services.progress import CancelToken

#: Connections that may be under way at a time: what the rate needs with the shortest wait, and within what systems allow a process (256 files).
_KNOCKS_AT_ONCE = 120
_LOOKS_AT_ONCE = 12
#: Open connections that wait for a closer look. More are not begun.
_LOOKS_WAITING = 12
_SLICE_SECONDS = 0.05
#: A name server that takes longer is away or overloaded, and is not asked again.
_NAME_SECONDS = 2.0

OnHit = Callable[[Hit], None]
OnProgress = Callable[[int], None]


class OpenFilesError(AppError):
    """This computer lets the process open no connection at all."""

    title = "This computer lets Plantwatch open no more connections."
    hint = "Close other programs, or scan with a lower rate."


@dataclass
class _Visit:
    """One address on its way through its ports."""

    address: str
    ports: Iterator[int]
    port: int = 0
    servers: list[SeenServer] = field(default_factory=list)
    exporters: list[FoundExporter] = field(default_factory=list)
    answered: bool = False
    has_route: bool = True
    name: str | None = None

    @property
    def is_hit(self) -> bool:
        return bool(self.servers or self.exporters)


_Found = SeenServer | FoundExporter | str


class Scan:
    """Made for one run. `names` are of addresses that DNS has none for.

    `on_hit` and `on_progress` (addresses that are done) are called on the thread that runs it.
    """

    def __init__(
        self,
        request: ScanRequest,
        register: Register,
        look: Look,
        throttle: Throttle,
        *,
        on_hit: OnHit,
        on_progress: OnProgress,
        token: CancelToken,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._request = request
        self._register = register
        self._look = look
        self._throttle = throttle
        self._on_hit = on_hit
        self._on_progress = on_progress
        self._token = token
        self._names = names or {}
        ports = (*request.ports, *request.exporter_ports)
        self._coming = (_Visit(address, iter(ports)) for address in request.addresses)
        self._ready: deque[_Visit] = deque()
        self._next: tuple[float, _Visit] | None = None
        self._patience = Patience()
        self._looking: dict[Future[_Found], tuple[_Visit, TunedSocket | None]] = {}
        self._looked: queue.SimpleQueue[Future[_Found]] = queue.SimpleQueue()
        self._asks_names = request.names
        self._done = self._answered = self._without_route = 0

    def run(self) -> ScanSummary:
        """Ask all addresses. Whether it ends, is cancelled or fails: no connection is open and no thread runs afterwards.

        Raises Cancelled, OpenFilesError.
        """
        pool = ThreadPoolExecutor(_LOOKS_AT_ONCE, thread_name_prefix="scan")
        try:
            with Knocks[_Visit]() as knocks:
                while self._done < len(self._request.addresses):
                    self._token.check()
                    self._begin(knocks, pool)
                    self._take_looked(pool)
                    self._wait(knocks, pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for future, (_, connected) in self._looking.items():
                if connected is not None and future.cancelled():
                    connected.close()
            pool.shutdown()
        return ScanSummary(len(self._request.addresses), self._throttle.count, self._answered, self._without_route)

    # Connections

    def _begin(self, knocks: Knocks[_Visit], pool: ThreadPoolExecutor) -> None:
        """The next connection, when its time has come and there is room for it."""
        if self._next is None:
            is_full = len(knocks) >= _KNOCKS_AT_ONCE or len(self._looking) >= _LOOKS_AT_ONCE + _LOOKS_WAITING
            visit = None if is_full else self._take_next(pool)
            if visit is None:
                return
            self._next = (time.monotonic() + self._throttle.reserve(), visit)
        at, visit = self._next
        if time.monotonic() < at:
            return
        try:
            knocks.begin(visit, visit.address, visit.port, seconds=self._patience.seconds)
        except OSError as error:
            if not knocks and not self._looking:
                raise OpenFilesError(str(error)) from error
            # Later, when others have ended.
            self._next = (time.monotonic() + _SLICE_SECONDS, visit)
            return
        self._next = None

    def _take_next(self, pool: ThreadPoolExecutor) -> _Visit | None:
        """Who is to be asked next; addresses that were begun come before new ones, so that few are under way."""
        while self._ready:
            visit = self._ready.popleft()
            port = next(visit.ports, None)
            if port is not None:
                visit.port = port
                return visit
            self._end(visit, pool)
        fresh = next(self._coming, None)
        if fresh is not None:
            fresh.port = next(fresh.ports)
        return fresh

    def _wait(self, knocks: Knocks[_Visit], pool: ThreadPoolExecutor) -> None:
        seconds = _SLICE_SECONDS
        if self._next is not None:
            seconds = min(seconds, max(0.0, self._next[0] - time.monotonic()))
        elif self._ready:
            seconds = 0.0
        if not knocks:
            self._token.sleep(seconds)
            return
        for knock in knocks.ended(seconds):
            self._take_knock(knock, pool)

    def _take_knock(self, knock: Knock[_Visit], pool: ThreadPoolExecutor) -> None:
        visit = knock.subject
        if knock.answer in (Answer.OPEN, Answer.REFUSED):
            self._patience.heard(knock.seconds)
            visit.answered = True
        if knock.answer is Answer.NO_ROUTE:
            visit.has_route = False
        if knock.connected is None:
            self._ready.append(visit)
        elif visit.port in self._request.ports:
            self._look_at_ssh(visit, knock.connected, pool)
        else:
            knock.connected.close()
            self._look_at_exporter(visit, pool)

    # Closer looks

    def _look_at_ssh(self, visit: _Visit, connected: TunedSocket, pool: ThreadPoolExecutor) -> None:
        endpoint = self._register.at(visit.address, visit.port)
        like = endpoint.host_key if endpoint else None
        self._submit(pool, visit, connected, self._look.ssh, connected, visit.address, visit.port, like, self._token)

    def _look_at_exporter(self, visit: _Visit, pool: ThreadPoolExecutor) -> None:
        """Only where a device is that can be enrolled, or is: a printer prints whatever is sent to port 9100."""
        is_device = any(server.is_ssh for server in visit.servers)
        if not is_device and not self._register.has_exporter(visit.address, visit.port):
            visit.exporters.append(FoundExporter(visit.port))
            self._ready.append(visit)
            return
        self._submit(pool, visit, None, self._look.exporter, visit.address, visit.port, self._token)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        visit: _Visit,
        connected: TunedSocket | None,
        work: Callable[..., _Found],
        *given: object,
    ) -> None:
        future = pool.submit(work, *given)
        self._looking[future] = (visit, connected)
        future.add_done_callback(self._looked.put)

    def _take_looked(self, pool: ThreadPoolExecutor) -> None:
        while self._looking:
            try:
                future = self._looked.get_nowait()
            except queue.Empty:
                return
            visit, _ = self._looking.pop(future)
            match future.result():
                case SeenServer() as server:
                    visit.servers.append(server)
                    self._ready.append(visit)
                case FoundExporter() as exporter:
                    visit.exporters.append(exporter)
                    self._ready.append(visit)
                case name:
                    visit.name = name
                    self._end(visit, pool)

    # Addresses that are done

    def _end(self, visit: _Visit, pool: ThreadPoolExecutor) -> None:
        if visit.is_hit and visit.name is None and self._asks_names:
            self._submit(pool, visit, None, self._named, visit.address)
            return
        self._done += 1
        self._answered += visit.answered
        self._without_route += not visit.has_route
        for hit in self._hits(visit):
            self._on_hit(hit)
        self._on_progress(self._done)

    def _named(self, address: str) -> str:
        """On a worker."""
        if not self._asks_names:
            return ""
        begun = time.monotonic()
        name = self._look.name(address)
        if time.monotonic() - begun > _NAME_SECONDS:
            self._asks_names = False
        return name

    def _hits(self, visit: _Visit) -> Iterator[Hit]:
        exporters, name = tuple(visit.exporters), visit.name or self._names.get(visit.address, "")
        for server in visit.servers:
            known = self._register.known(visit.address, server.port, server.key)
            yield Hit(visit.address, server.port, server.banner, server.key, server.problem, exporters, known, name)
        if exporters and not visit.servers:
            yield Hit(visit.address, 0, exporters=exporters, name=name)
