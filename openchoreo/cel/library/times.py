"""The parts of timestamps and durations (CEL specification, "Standard Definitions")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from openchoreo.cel.functions import Function
from openchoreo.cel.instants import NANOS, Duration, Timestamp, whole

_Clock = dt.datetime


def _part(name: str, read: Callable[[_Clock], int], summary: str, value: str) -> Iterator[Function]:
    """A getter in UTC, and with a zone."""

    def plain(moment: Timestamp) -> int:
        return read(moment.local())

    def zoned(moment: Timestamp, zone: str) -> int:
        return read(moment.local(zone))

    example = f"timestamp('2024-02-29T23:30:15Z').{name}()"
    yield Function(
        name, ("timestamp",), "int", plain, True, summary=summary, examples=((example, value),)
    )
    yield Function(name, ("timestamp", "string"), "int", zoned, True)


def _millisecond(moment: Timestamp) -> int:
    return moment.nanoseconds % NANOS // 1_000_000


def _zoned_millisecond(moment: Timestamp, zone: str) -> int:
    moment.local(zone)
    return _millisecond(moment)


def _length(name: str, unit: int, value: str) -> Function:
    def read(length: Duration) -> int:
        return whole(length.nanoseconds, unit)

    return Function(
        name, ("duration",), "int", read, True, summary="Of a duration: the whole of it.",
        examples=((f"duration('90m').{name}()", value),),
    )  # fmt: skip


FUNCTIONS: tuple[Function, ...] = (
    *_part("getFullYear", lambda t: t.year, "The year, in UTC or in the zone.", "2024"),
    *_part("getMonth", lambda t: t.month - 1, "The month, from 0.", "1"),
    *_part("getDate", lambda t: t.day, "The day of the month, from 1.", "29"),
    *_part("getDayOfMonth", lambda t: t.day - 1, "The day of the month, from 0.", "28"),
    *_part("getDayOfWeek", lambda t: t.isoweekday() % 7, "The day of the week, Sunday 0.", "4"),
    *_part("getDayOfYear", lambda t: t.timetuple().tm_yday - 1, "From 0.", "59"),
    *_part("getHours", lambda t: t.hour, "The hour. Zones: getHours('Europe/Berlin').", "23"),
    *_part("getMinutes", lambda t: t.minute, "The minute. Offsets: getMinutes('+05:30').", "30"),
    *_part("getSeconds", lambda t: t.second, "The second.", "15"),
    Function(
        "getMilliseconds", ("timestamp",), "int", _millisecond, True, summary="The millisecond.",
        examples=(("timestamp('2024-02-29T12:30:00.25Z').getMilliseconds()", "250"),),
    ),
    Function("getMilliseconds", ("timestamp", "string"), "int", _zoned_millisecond, True),
    _length("getHours", 3600 * NANOS, "1"),
    _length("getMinutes", 60 * NANOS, "90"),
    _length("getSeconds", NANOS, "5400"),
    _length("getMilliseconds", 1_000_000, "5400000"),
)  # fmt: skip
