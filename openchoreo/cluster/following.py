"""Lines as they are written, of all containers at once, also of pods that come later.

Each container is read by a thread of its own, and one more looks for pods. All of them hand over
through one queue, so that no two lines get mixed, and whatever shows the lines may be slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, Queue
from threading import Event, Thread

from msgspec import Struct

from openchoreo.cluster.api import FORBIDDEN, ClusterError
from openchoreo.cluster.containers import Container, Source
from openchoreo.cluster.logs import Line, Notice, Window, lines, trouble
from openchoreo.cluster.places import Place

BETWEEN_LOOKS = 2.0  # seconds
_WAITING = 1000  # lines
_WAKE = 1.0  # seconds: an interrupt is noticed no later, on any system


class Seen(Struct, frozen=True):
    """The containers that are there. Where it is `over`, nothing more will be written."""

    found: tuple[tuple[Source, Container], ...] = ()
    over: bool = False


class _Ended(Struct, frozen=True):
    source: Source


_Item = Line | Notice | Seen | _Ended | ClusterError


class Following:
    def __init__(self, look: Callable[[], Seen], pause: float = BETWEEN_LOOKS) -> None:
        """`look` says what is there by now, and may raise ClusterError."""
        self._look = look
        self._pause = pause
        self._queue: Queue[_Item] = Queue(_WAITING)
        self._places: dict[Source, Place] = {}
        self._reading: set[Source] = set()
        self._seen = Seen()
        self._told = ""
        self._left = Event()

    def lines(self, first: Seen, window: Window) -> Iterator[Line | Notice]:
        """As long as more can come; what comes later is shown whole, whatever the window.

        Raises ClusterError where something is not allowed.
        """
        self._begin(first, window)
        Thread(target=self._looks, daemon=True).start()
        try:
            while not self._done():
                yield from self._next()
        finally:
            self._left.set()

    def _next(self) -> Iterator[Line | Notice]:
        try:
            item = self._queue.get(timeout=_WAKE)
        except Empty:
            return
        if isinstance(item, Line | Notice):
            yield item
        elif isinstance(item, Seen):
            self._told = ""
            self._begin(item, Window())
        elif isinstance(item, _Ended):
            self._reading.discard(item.source)
        else:
            yield from self._heard(item)

    def _begin(self, seen: Seen, window: Window) -> None:
        """Reads what is not being read and may have more to say."""
        self._seen = seen
        for source, container in seen.found:
            if source in self._reading or not container.has_lines:
                continue
            place = self._places.setdefault(source, Place(window))
            if container.running or container.run != place.run:
                self._reading.add(source)
                given = (source, place, container.run)
                Thread(target=self._read, args=given, daemon=True).start()

    def _done(self) -> bool:
        return (
            self._seen.over
            and not self._reading
            and all(self._is_read(source, one) for source, one in self._seen.found)
        )

    def _is_read(self, source: Source, container: Container) -> bool:
        place = self._places.get(source)
        return not container.has_lines or (place is not None and place.run == container.run)

    def _read(self, source: Source, place: Place, run: str) -> None:
        """Until the container ends, or the connection does: the next look finds out which."""
        try:
            for line in place.fresh(lines(source, place.window(), follow=True)):
                self._queue.put(line)
        except ClusterError as error:
            # A connection that broke is taken up again; where the server is gone, the look says so.
            if error.status:
                self._refused(source, place, error)
                place.run = run
        else:
            place.run = run
        self._queue.put(_Ended(source))

    def _refused(self, source: Source, place: Place, error: ClusterError) -> None:
        """An answer that says no is told once."""
        if error.status == FORBIDDEN:
            self._queue.put(error)
            return
        told = trouble(source, error)
        if told and place.told != told:
            place.told = told
            self._queue.put(told)

    def _looks(self) -> None:
        while not self._left.wait(self._pause):
            try:
                self._queue.put(self._look())
            except ClusterError as error:
                self._queue.put(error)
            except RuntimeError:  # no thread begins any more in a program that ends
                if not self._left.is_set():
                    raise

    def _heard(self, error: ClusterError) -> Iterator[Notice]:
        if error.status == FORBIDDEN:
            raise error
        if error.message != self._told:
            self._told = error.message
            yield Notice(error.message, error.hint or "it is asked again until it answers")
