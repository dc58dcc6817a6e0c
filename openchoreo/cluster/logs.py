"""Lines that containers have written, with their times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from itertools import chain
from urllib.parse import urlencode

from msgspec import Struct

from openchoreo.cluster.api import FORBIDDEN, NOT_FOUND, ClusterError, all_of
from openchoreo.cluster.containers import Source
from openchoreo.cluster.rights import needing

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)")
_SILENCE = 30.0  # seconds
_SILENCE_FOLLOWING = 300.0  # seconds, after which it is asked anew: a dead connection is silent too

Moment = tuple[datetime, str]
"""With its nanoseconds, which Python's own times do not have."""

_NEVER: Moment = (datetime.min.replace(tzinfo=UTC), "")


class Line(Struct, frozen=True):
    """`time` is empty where the server gave none."""

    source: Source
    time: str
    text: str


class Notice(Struct, frozen=True):
    """Something to be told beside the lines; some of them are `lost` by it."""

    text: str
    hint: str = ""
    lost: bool = False


class Window(Struct, frozen=True):
    """Which lines: of the last `since` seconds, the last `tail`, of the run before."""

    since: int = 0
    tail: int | None = None
    previous: bool = False
    after: str = ""
    """Those from this time on, with whatever else was written within its second."""

    def query(self, *, follow: bool) -> dict[str, str]:
        asked = {
            "follow": "true" if follow else "",
            "previous": "true" if self.previous else "",
            "sinceSeconds": str(self.since or ""),
            "sinceTime": self.after,
            "tailLines": "" if self.tail is None else str(self.tail),
        }
        return {key: value for key, value in asked.items() if value}


def lines(source: Source, window: Window, *, follow: bool = False) -> Iterator[Line]:
    """Raises ClusterError, also after the first lines."""
    asked = {"container": source.container, "timestamps": "true", **window.query(follow=follow)}
    where = f"/api/v1/namespaces/{source.namespace}/pods/{source.pod}/log?{urlencode(asked)}"
    silence = _SILENCE_FOLLOWING if follow else _SILENCE
    with (
        needing(source.api, "get", "pods/log", source.namespace),
        source.api.chunks(where, silence=silence) as chunks,
    ):
        for text in _split(chunks):
            yield _line(source, text.decode("utf-8", "replace"))


def merged(sources: Iterable[Source], window: Window) -> Iterator[Line | Notice]:
    """Of several containers by their times. Raises ClusterError where reading is not allowed."""
    every = [_timed(source, window) for source in sources]
    # Each is asked for its first line, all of them at once.
    first = all_of(lambda one: list(_first(one)), every)
    whole = [chain(begun, rest) for begun, rest in zip(first, every, strict=True)]
    return (one for _, one in merge(*whole, key=lambda timed: timed[0]))


def moment_of(line: Line) -> Moment:
    """The least of all where it has no time."""
    found = _TIME.fullmatch(line.time)
    if not found:
        return _NEVER
    return datetime.fromisoformat(line.time), (found[1] or "").ljust(9, "0")


def trouble(source: Source, error: ClusterError) -> Notice | None:
    """What is told where a container's lines cannot be read; nothing where its pod is gone."""
    if error.status == FORBIDDEN:
        raise error
    if error.status == NOT_FOUND:
        return None
    hint = error.hint
    if error.status >= 500:  # noqa: PLR2004 - HTTP
        hint = f"is its node well? kubectl --context {source.api.context} get nodes"
    text = f"pod {source.pod}, container {source.container}: {error.message}"
    return Notice(text, hint, lost=True)


Timed = tuple[Moment, Line | Notice]


def _timed(source: Source, window: Window) -> Iterator[Timed]:
    """What has no time comes right after the line before it."""
    try:
        for line in lines(source, window):
            yield moment_of(line), line
    except ClusterError as error:
        told = trouble(source, error)
        if told:
            yield _NEVER, told


def _first(given: Iterator[Timed]) -> Iterator[Timed]:
    for one in given:
        yield one
        return


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """At line feeds alone: whatever else a line may hold is its own."""
    pending: list[bytes] = []
    for chunk in chunks:
        begun, *others = chunk.split(b"\n")
        pending.append(begun)
        for other in others:
            yield b"".join(pending)
            pending = [other]
    last = b"".join(pending)
    if last:
        yield last


def _line(source: Source, text: str) -> Line:
    time, _, rest = text.partition(" ")
    return Line(source, time, rest) if _TIME.fullmatch(time) else Line(source, "", text)
