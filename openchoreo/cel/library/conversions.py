"""Conversions between kinds (CEL specification, "Standard Definitions")."""

from __future__ import annotations

import math
import re

from openchoreo.cel.digits import shortest
from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.instants import NANOS, Duration, Timestamp, read_duration, read_timestamp
from openchoreo.cel.values import INT_MAX, INT_MIN, UINT_MAX, Uint, same

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_UNSIGNED = re.compile(r"[0-9]{1,40}")
_DOUBLE = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity|nan)", re.IGNORECASE
)
_BOOLS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_TWO_TO_63 = float(2**63)
_TWO_TO_64 = float(2**64)


def _unreadable(text: str, kind: str) -> Failure:
    shown = text if len(text) <= 40 else text[:40] + "..."  # noqa: PLR2004 (for an error text)
    return Failure(f"type conversion error from 'string' to '{kind}': {shown!r}")


def _int_of_string(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not INT_MIN <= int(text) <= INT_MAX:
        raise _unreadable(text, "int")
    return int(text)


def _int_of_uint(value: int) -> int:
    if value > INT_MAX:
        raise Failure("integer overflow: an int has 64 bits")
    return int(value)


def _int_of_double(value: float) -> int:
    if not -_TWO_TO_63 < value < _TWO_TO_63:
        raise Failure("integer overflow: an int has 64 bits")
    return int(value)


def _uint_of_string(text: str) -> Uint:
    if not _UNSIGNED.fullmatch(text) or int(text) > UINT_MAX:
        raise _unreadable(text, "uint")
    return Uint(text)


def _uint_of_int(value: int) -> Uint:
    if value < 0:
        raise Failure("unsigned integer overflow: a uint has no sign")
    return Uint(value)


def _uint_of_double(value: float) -> Uint:
    if not 0 <= value < _TWO_TO_64:
        raise Failure("unsigned integer overflow: a uint has 64 bits and no sign")
    return Uint(value)


def _double_of_string(text: str) -> float:
    if not _DOUBLE.fullmatch(text):
        raise _unreadable(text, "double")
    value = float(text)
    if math.isinf(value) and text[-1].isdigit():
        raise _unreadable(text, "double")
    return value


def _bool_of_string(text: str) -> bool:
    if text not in _BOOLS:
        raise _unreadable(text, "bool")
    return _BOOLS[text]


def _string_of_bool(value: bool) -> str:
    return "true" if value else "false"


def _string_of_bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Failure("invalid UTF-8 in bytes, cannot convert to string") from None


def _bytes_of_string(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _timestamp_of_int(seconds: int) -> Timestamp:
    return Timestamp(seconds * NANOS)


def _seconds(moment: Timestamp) -> int:
    return moment.nanoseconds // NANOS


def _nanoseconds(length: Duration) -> int:
    return length.nanoseconds


def _int_text(value: int) -> str:
    return str(int(value))


FUNCTIONS: tuple[Function, ...] = (
    Function("int", ("int",), "int", same, summary="A whole number of 64 bits.",
             examples=(("int('42')", "42"), ("int(-3.9)", "-3"), ("int(3u)", "3"),
                       ("int(timestamp('1970-01-01T00:01:00Z'))", "60"))),
    Function("int", ("uint",), "int", _int_of_uint),
    Function("int", ("double",), "int", _int_of_double),
    Function("int", ("string",), "int", _int_of_string),
    Function("int", ("timestamp",), "int", _seconds),
    Function("int", ("duration",), "int", _nanoseconds),
    Function("uint", ("uint",), "uint", same, summary="A whole number without a sign.",
             examples=(("uint(3.7)", "3u"), ("uint('42')", "42u"))),
    Function("uint", ("int",), "uint", _uint_of_int),
    Function("uint", ("double",), "uint", _uint_of_double),
    Function("uint", ("string",), "uint", _uint_of_string),
    Function("double", ("double",), "double", same, summary="A floating point number.",
             examples=(("double(1)", "1.0"), ("double('1e3')", "1000.0"))),
    Function("double", ("int",), "double", float),
    Function("double", ("uint",), "double", float),
    Function("double", ("string",), "double", _double_of_string),
    Function("string", ("string",), "string", same, summary="The text of a scalar.",
             examples=(("string(1.0)", '"1"'), ("string(1234567.0)", '"1.234567e+06"'),
                       ("string(b'abc')", '"abc"'), ("string(duration('90m'))", '"5400s"'),
                       ("string(true)", '"true"'))),
    Function("string", ("bool",), "string", _string_of_bool),
    Function("string", ("int",), "string", _int_text),
    Function("string", ("uint",), "string", _int_text),
    Function("string", ("double",), "string", shortest),
    Function("string", ("bytes",), "string", _string_of_bytes),
    Function("string", ("timestamp",), "string", str),
    Function("string", ("duration",), "string", str),
    Function("bytes", ("bytes",), "bytes", same, summary="The UTF-8 bytes of a text.",
             examples=(("bytes('é')", "b'\\303\\251'"),)),
    Function("bytes", ("string",), "bytes", _bytes_of_string),
    Function("bool", ("bool",), "bool", same,
             summary="A truth value, from 1, t, true, TRUE, True and 0, f, false, FALSE, False.",
             examples=(("bool('true')", "true"), ("bool('0')", "false"))),
    Function("bool", ("string",), "bool", _bool_of_string),
    Function("timestamp", ("timestamp",), "timestamp", same,
             summary="An instant, from RFC 3339 text or from seconds since 1970.",
             examples=(("timestamp('2024-02-29T12:30:00Z')", "timestamp('2024-02-29T12:30:00Z')"),
                       ("timestamp(0)", "timestamp('1970-01-01T00:00:00Z')"))),
    Function("timestamp", ("string",), "timestamp", read_timestamp),
    Function("timestamp", ("int",), "timestamp", _timestamp_of_int),
    Function("duration", ("duration",), "duration", same,
             summary="A length of time, with the units h, m, s, ms, us and ns.",
             examples=(("duration('1h30m')", "duration('5400s')"),)),
    Function("duration", ("string",), "duration", read_duration),
)  # fmt: skip
