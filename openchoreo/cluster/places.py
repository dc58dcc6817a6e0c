"""How far the lines of a container have been read, so that reading goes on after a break."""

from __future__ import annotations

import time
from collections.abc import Iterator

from openchoreo.cluster.logs import Line, Moment, Notice, Window, moment_of


class Place:
    """`run` is what was read to its end, `told` what kept it from being read."""

    def __init__(self, window: Window) -> None:
        self.run = ""
        self.told: Notice | None = None
        self._window = window
        self._asked = 0.0
        self._last: Moment | None = None
        self._time = ""
        self._count = 0

    def window(self) -> Window:
        """What to ask for now, so that no line is missing; some may come again."""
        if self._time:
            return Window(after=self._time)
        if self._asked and self._window.tail == 0:
            return Window(since=int(time.monotonic() - self._asked) + 1)
        self._asked = self._asked or time.monotonic()
        return self._window

    def fresh(self, given: Iterator[Line]) -> Iterator[Line]:
        """Without the lines that were there before: several may have been written at one time."""
        last, repeated = self._last, self._count
        for line in given:
            if last is not None and line.time:
                moment = moment_of(line)
                if moment < last:
                    continue
                if moment == last and repeated:
                    repeated -= 1
                    continue
                last = None
            self._note(line)
            yield line

    def _note(self, line: Line) -> None:
        if not line.time:
            return
        moment = moment_of(line)
        if self._last is None or moment > self._last:
            self._last, self._time, self._count = moment, line.time, 0
        if moment == self._last:
            self._count += 1
