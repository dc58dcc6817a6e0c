"""Timestamps and durations, to the nanosecond (CEL specification, "Timestamp", "Duration")."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from openchoreo.cel.digits import plain
from openchoreo.cel.errors import Failure

NANOS = 1_000_000_000
_MIN_SECONDS = -62_135_596_800
_MAX_SECONDS = 253_402_300_799
_MAX_DURATION = 2**63 - 1
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 (reckoned in UTC throughout)


class Duration:
    """A length of time in nanoseconds, within 64 bits (about 292 years)."""

    __slots__ = ("nanoseconds",)

    def __init__(self, nanoseconds: int) -> None:
        if not -_MAX_DURATION - 1 <= nanoseconds <= _MAX_DURATION:
            raise Failure("integer overflow: the duration is longer than 292 years")
        self.nanoseconds = nanoseconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Duration) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def __str__(self) -> str:
        """Seconds, as `string(duration)`: 5400s, 0.5s."""
        return plain(whole(self.nanoseconds, NANOS) + rest(self.nanoseconds, NANOS) / NANOS) + "s"

    def __repr__(self) -> str:
        return f"duration('{self}')"


class Timestamp:
    """An instant of the years 1 to 9999, with the offset that it was written with."""

    __slots__ = ("nanoseconds", "offset")

    def __init__(self, nanoseconds: int, offset: int = 0) -> None:
        """`nanoseconds` since 1970 in UTC, `offset` in seconds east."""
        if not _MIN_SECONDS <= nanoseconds // NANOS <= _MAX_SECONDS:
            raise Failure("timestamp overflow: only the years 1 to 9999 can be told")
        self.nanoseconds = nanoseconds
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Timestamp) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def local(self, zone: str = "") -> dt.datetime:
        """The wall clock in UTC, or in the zone: a name, or an offset such as +02:00."""
        if ":" in zone:
            return self._moved(_offset(zone))
        if not zone:  # an empty name means UTC
            return self._moved(0)
        try:
            found = zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise Failure(f"unknown time zone {zone}") from None
        utc = self._moved(0).replace(tzinfo=dt.UTC)
        try:
            return utc.astimezone(found)
        except OverflowError:
            raise Failure("timestamp overflow: only the years 1 to 9999 can be told") from None

    def _moved(self, offset: int) -> dt.datetime:
        try:
            return _EPOCH + dt.timedelta(seconds=self.nanoseconds // NANOS + offset)
        except OverflowError:
            raise Failure("timestamp overflow: only the years 1 to 9999 can be told") from None

    def __str__(self) -> str:
        """RFC 3339 with as many decimals as needed, as `string(timestamp)`."""
        nanos = self.nanoseconds % NANOS
        fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
        minutes = abs(self.offset) // 60
        sign = "-" if self.offset < 0 else "+"
        zone = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" if self.offset else "Z"
        return f"{self._moved(self.offset).isoformat(timespec='seconds')}{fraction}{zone}"

    def __repr__(self) -> str:
        return f"timestamp('{self}')"


def whole(amount: int, unit: int) -> int:
    """Whole units, toward zero."""
    return -(-amount // unit) if amount < 0 else amount // unit


def rest(amount: int, unit: int) -> int:
    """What whole units leave over, with the sign of the amount."""
    return amount - whole(amount, unit) * unit


_OFFSET = re.compile(r"([+-]?)(\d{1,2}):(\d{2})")


def _offset(zone: str) -> int:
    match = _OFFSET.fullmatch(zone)
    if not match:
        raise Failure(f"unknown time zone {zone}")
    seconds = int(match[2]) * 3600 + int(match[3]) * 60
    return -seconds if match[1] == "-" else seconds


_RFC_3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))", re.ASCII
)


def read_timestamp(text: str) -> Timestamp:
    """`2024-02-29T12:30:00Z`, with decimals or an offset."""
    match = _RFC_3339.fullmatch(text)
    if not match:
        raise Failure(f'invalid RFC 3339 timestamp "{text}"')
    offset = 0
    if match[3]:
        hours, minutes = int(match[4]), int(match[5])
        if hours > 23 or minutes > 59:  # noqa: PLR2004 (a clock's limits)
            raise Failure(f'invalid RFC 3339 timestamp "{text}"')
        offset = (hours * 3600 + minutes * 60) * (-1 if match[3] == "-" else 1)
    try:
        moment = dt.datetime.fromisoformat(match[1])
    except ValueError:
        raise Failure(f'invalid RFC 3339 timestamp "{text}"') from None
    passed = moment - _EPOCH
    seconds = passed.days * 86_400 + passed.seconds - offset
    return Timestamp(seconds * NANOS + int((match[2] or "")[:9].ljust(9, "0")), offset)


_UNITS = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000,
    "s": NANOS, "m": 60 * NANOS, "h": 3600 * NANOS,
}  # fmt: skip
_DURATION = re.compile(r"([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_DURATION_PART = re.compile(r"(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def read_duration(text: str) -> Duration:
    """`1h30m`, `-1.5s`, `0`. Days are no unit."""
    if text in {"0", "+0", "-0"}:
        return Duration(0)
    match = _DURATION.fullmatch(text)
    if not match or len(text) > 1000:  # noqa: PLR2004 (no sensible duration is longer)
        raise Failure(
            f"type conversion error from 'string' to 'google.protobuf.Duration': {text!r}; "
            "write for example '1h30m' (units h, m, s, ms, us, ns)"
        )
    total = 0
    for digits, fraction, unit in _DURATION_PART.findall(match[2]):
        scale = _UNITS[unit]
        total += int(digits or 0) * scale
        if fraction:
            total += int(fraction) * scale // 10 ** len(fraction)
    return Duration(-total if match[1] == "-" else total)
