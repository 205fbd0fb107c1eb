"""Works on a run: every device that waits, what came of each written down, what happens told."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from app.errors import AppError, Cancelled
from app.faults import UnexpectedError
from app.models.bulk import BulkItem, BulkRun, Failure, ItemState
from app.services.bulk.clerk import Clerk
from app.services.bulk.crew import Crew, CrewToken
from app.services.bulk.device_log import Notebook, end_texts, texts_of
from app.services.bulk.events import BulkReport, ItemChanged, ItemProgress, RunProgress
from app.services.bulk.forecast import Forecast
from app.services.bulk.pace import Pace
from app.services.bulk.wake import Wake
from app.services.inventory.runs import RunStore
from app.services.progress import CancelToken, Event, Report

_log = logging.getLogger(__name__)

_PAGE = 200
#: A device that was refused because there were too many is tried again, so often.
_SECOND_CHANCES = 2
#: After a sleep, the network is given so long before a device is tried again.
_AFTER_SLEEP_SECONDS = 5.0
#: At one look of so many, a run that stands tells other machines that its process lives: every five minutes.
_STILL_HERE = 300


ItemWork = Callable[[BulkItem, Report, CancelToken], str]
"""Does what the run is about with one device; returns what came of it, in a few words. Raises AppError, Cancelled."""


class BulkRunner:
    """Runs once. `report` is called by several threads, in order for each device.

    `overburdened` says whether an error is one of those that come of too many at a time, `broken_off` whether it may come of a computer that
    slept: the run then goes on by itself. `afterwards` is called once nothing is under way any more, also when it was cancelled: what is done
    for all devices together. When it raises AppError, the run has not ended. Every `look_seconds` it is seen what others wish.
    """

    def __init__(
        self,
        store: RunStore,
        run: BulkRun,
        work: ItemWork,
        *,
        report: BulkReport,
        overburdened: Callable[[AppError], bool],
        broken_off: Callable[[AppError], bool] = lambda _error: False,
        pace: Pace | None = None,
        afterwards: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        look_seconds: float = 1.0,
    ) -> None:
        self._store = store
        self._run = run
        self._work = work
        self._report = report
        self._overburdened = overburdened
        self._afterwards = afterwards
        self._broken_off = broken_off
        self._pace = pace or Pace()
        self._forecast = Forecast(run.count(ItemState.WAITING), clock)
        self._counts = dict(run.counts)
        self._lock = threading.Lock()
        self._chances: dict[int, int] = {}
        self._page: deque[BulkItem] = deque()
        self._under_way: set[int] = set()
        self._after = 0
        self._token = CrewToken()
        self._is_closing = False
        self._failure: AppError | None = None
        self._is_paused = False
        self._notes = Notebook()
        self._wake = Wake()
        self._look_seconds = look_seconds
        self._looks = 0
        self._crew: Crew[BulkItem] = Crew(self._take, self._do, self._pace)
        self._token.crew = self._crew

    def execute(self, token: CancelToken) -> BulkRun:
        """Until nothing waits any more. Returns the run as it is then; it has ended if nothing is left to do.

        A cancelled `token` cancels what is under way and leaves what waits; `Cancelled` is not raised. Raises InventoryError when what
        comes of the devices cannot be written down: nothing more is begun then; and what `afterwards` raises.
        """
        self._tell()
        with token.on_cancel(self._token.cancel), Clerk(self._look, seconds=self._look_seconds):
            self._crew.run(self._token)
        if self._failure is not None:
            raise self._failure
        if self._afterwards is not None:
            self._afterwards()
        run = self._store.run(self._run.id)
        return self._store.release(run.id) if run.left else self._store.end(run.id)

    def pause(self) -> None:
        """Begin with no other device. What is under way goes on. Raises InventoryError: other processes see it, too."""
        self._store.pause(self._run.id, paused=True)
        self._stand(still=True)

    def resume(self) -> None:
        """Go on. Raises InventoryError."""
        self._store.pause(self._run.id, paused=False)
        self._stand(still=False)

    def _stand(self, *, still: bool) -> None:
        with self._lock:
            if still is self._is_paused:
                return
            self._is_paused = still
            if still:
                self._forecast.paused()
            else:
                self._forecast.resumed()
        if still:
            self._crew.pause()
        else:
            self._crew.resume()
        self._tell()

    def _look(self) -> None:
        """Whether the computer slept, what has been noted, what others wish."""
        self._look_at_clock()
        if notes := self._notes.take_due():
            try:
                self._store.add_notes(self._run.id, notes)
            except AppError:
                self._notes.give_back(notes)
                raise
        self._looks += 1
        if self._looks % _STILL_HERE == 0:
            self._store.still_here(self._run.id)
        self._stand(still=self._store.is_paused(self._run.id))

    def close(self) -> None:
        """As cancelling, for a process that ends: what is under way is undone and waits for the next start."""
        self._is_closing = True
        self._token.cancel()

    # Devices

    def _take(self) -> BulkItem | None:
        """The next one that waits, in order; after the last, those that wait again. Called by one thread."""
        if not self._page:
            self._page.extend(self._read_page())
        if not self._page and self._after:
            self._after = 0
            self._page.extend(self._read_page())
        if not self._page:
            return None
        item = self._page.popleft()
        with self._lock:
            self._under_way.add(item.number)
        return item

    def _read_page(self) -> list[BulkItem]:
        with self._lock:
            # One that was handed out a moment ago is not yet written down as begun.
            under_way = frozenset(self._under_way)
        page = self._store.items(self._run.id, [ItemState.WAITING], after=self._after, limit=_PAGE)
        if page:
            self._after = page[-1].number
        return [item for item in page if item.number not in under_way]

    def _do(self, item: BulkItem) -> None:
        try:
            begun = self._begin(item)
            self._finish(begun, *self._outcome(begun))
        except AppError as error:
            # What came of it cannot be written down: whoever goes on would lose more.
            self._failure = error
            self._token.cancel()
        finally:
            with self._lock:
                self._under_way.discard(item.number)

    def _outcome(self, item: BulkItem) -> tuple[ItemState, str, Failure | None]:
        def report(event: Event) -> None:
            self._notes.note(item.number, texts_of(event))
            self._report(ItemProgress(item.number, event))

        try:
            detail = self._work(item, report, self._token)
        except Cancelled:
            return (ItemState.WAITING if self._is_closing else ItemState.CANCELLED), "", None
        except AppError as error:
            if self._broken_off(error) and self._is_excused(item):
                return self._after_sleep(error)
            if not self._overburdened(error):
                return ItemState.FAILED, "", Failure.of(error)
            self._pace.overburdened()
            chances = self._chances[item.number] = self._chances.get(item.number, 0) + 1
            if chances > _SECOND_CHANCES or self._token.cancelled:
                return ItemState.FAILED, "", Failure.of(error)
            return ItemState.WAITING, error.message, None
        except Exception as error:  # noqa: BLE001 - the last resort of a thread: one device's, told and logged, and the others go on
            _log.exception("Unexpected error at %r of run %d", item.subject, item.run_id)
            return ItemState.FAILED, "", Failure.of(UnexpectedError.of(error, item.subject))
        self._pace.succeeded()
        return ItemState.DONE, detail, None

    def _look_at_clock(self) -> None:
        with self._lock:
            under_way = frozenset(self._under_way)
        self._wake.look(under_way)

    def _is_excused(self, item: BulkItem) -> bool:
        # A connection tells of a sleep sooner than the clerk does.
        self._look_at_clock()
        return self._wake.excuses(item.number)

    def _after_sleep(self, error: AppError) -> tuple[ItemState, str, Failure | None]:
        """Once more, in a moment."""
        try:
            self._token.sleep(_AFTER_SLEEP_SECONDS)
        except Cancelled:
            return (ItemState.WAITING if self._is_closing else ItemState.CANCELLED), "", None
        return ItemState.WAITING, error.message, None

    def _begin(self, item: BulkItem) -> BulkItem:
        self._wake.begins(item.number)
        self._store.begin_item(item)
        self._notes.begin(item)
        begun = replace(item, state=ItemState.RUNNING, begun_at=datetime.now(UTC), failure=None, detail="")
        self._moved(item.state, begun)
        return begun

    def _finish(self, item: BulkItem, state: ItemState, detail: str, failure: Failure | None) -> None:
        self._notes.note(item.number, end_texts(state, detail, failure))
        self._store.end_item(item, state, detail=detail, failure=failure, notes=self._notes.take(item.number))
        ended = replace(item, state=state, detail=detail, failure=failure, ended_at=datetime.now(UTC))
        with self._lock:
            if state.is_over:
                self._forecast.item_ended()
        self._moved(ItemState.RUNNING, ended)

    def _moved(self, before: ItemState, item: BulkItem) -> None:
        with self._lock:
            self._counts[before] -= 1
            self._counts[item.state] = self._counts.get(item.state, 0) + 1
        self._report(ItemChanged(item))
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            counts = {state: count for state, count in self._counts.items() if count}
            progress = RunProgress(counts, self._forecast.remaining_seconds, self._pace.limit, self._is_paused)
        self._report(progress)

    def retry(self, states: Collection[ItemState], numbers: Collection[int] = ()) -> int:
        """Let devices that ended in `states` wait again. Returns how many. Raises InventoryError."""
        count = self._store.put_back(self._run.id, states, numbers)
        self.count_again(count)
        return count

    def count_again(self, added: int) -> None:
        """So many devices that were over wait again: somebody has put them back. Raises InventoryError."""
        fresh = self._store.run(self._run.id)
        with self._lock:
            self._forecast.items_added(added)
            self._counts = dict(fresh.counts)
        self._crew.look_again()
        self._tell()
