"""Formats of strings that Kubernetes checks; a format that is not here says nothing.

Where Kubernetes reads a format loosely (leading zeros in addresses, hyphens that may be
missing in UUIDs, durations such as "3 days"), so does this.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_ADDRESS = rf"(?:{_ATOM}(?:\.{_ATOM})*|\"(?:[^\"\\]|\\.)*\")@{_ATOM}(?:\.{_ATOM})*"
_EMAIL = rf"\s*+(?:{_ADDRESS}|[^<>]*+<{_ADDRESS}>)\s*+"
_TIME = r"(\d\d):(\d\d):(\d\d)(?:.[0-9]+)?(?:z|[+-]\d\d:\d\d)"
_GO_DURATION = r"[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)"
_LOOSE_DURATION = r"(?<![0-9])[0-9]++[\t\n\f\r ]*+([A-Za-zµ]++)"
_DURATION_UNITS = frozenset(("ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"))
_DURATION_WORDS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_URI_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_BAD_ESCAPE = r"%(?![0-9A-Fa-f]{2})"
_HEX = "[0-9A-Fa-f]"
_MAC_SIZES = (6, 8, 20)
_LONGEST_HOST = 255
_LONGEST_LABEL = 63


def _matcher(pattern: str) -> Callable[[str], bool]:
    # Compiled when it is asked for: most programs check none of these.
    return lambda text: re.fullmatch(pattern, text) is not None


def _uuid(version: str = _HEX, variant: str = _HEX) -> Callable[[str], bool]:
    groups = (f"{_HEX}{{8}}", f"{_HEX}{{4}}", f"{version}{_HEX}{{3}}", f"{variant}{_HEX}{{3}}")
    return _matcher("-?".join((*groups, f"{_HEX}{{12}}")))


def _is_uri(text: str) -> bool:
    """An absolute URI or an absolute path."""
    if any(ord(character) < ord(" ") or character == "\x7f" for character in text):
        return False
    before_query = text.split("?", 1)[0]
    authority = re.match(r"(?:[^/?#]*:)?//([^/?#]*)", text)
    if re.search(_BAD_ESCAPE, before_query) or (authority and " " in authority[1]):
        return False
    return text.startswith("/") or text == "*" or re.match(_URI_SCHEME, text) is not None


def _is_hostname(text: str) -> bool:
    labels = text.split(".")
    if len(text.encode(errors="replace")) > _LONGEST_HOST:
        return False
    if any(len(label.encode(errors="replace")) > _LONGEST_LABEL for label in labels):
        return False
    if len(labels) == 1:
        inner = text[1:].removeprefix("-")
        return _is_word(text[:1]) and (not inner or _is_word(inner))
    *others, last = labels
    ends = all(_is_word(label[:1]) and _is_word(label[-1:]) for label in others)
    inside = all(_is_word(label.replace("-", "") or "-") for label in others)
    return ends and inside and len(last) > 1 and all(letter.isalpha() for letter in last)


def _is_word(text: str) -> bool:
    """Letters, ASCII digits and symbols, at least one."""
    return bool(text) and all(
        unicodedata.category(letter)[0] in "LS" or letter in "0123456789" for letter in text
    )


def _is_ipv4(text: str) -> bool:
    if ":" in text:
        return "." in text and _is_ipv6(text)
    parts = text.split(".")
    return len(parts) == len("1234") and all(
        part.isascii() and part.isdecimal() and len(part) < len("1000000") and int(part) < 256  # noqa: PLR2004
        for part in parts
    )


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    longest = 128 if ":" in address else 32
    known = _is_ipv6(address) if ":" in address else _is_ipv4(address)
    digits = length.isascii() and length.isdecimal() and len(length) <= len("128")
    return bool(slash) and known and digits and int(length) <= longest


def _is_mac(text: str) -> bool:
    for separator, width in ((":", 2), ("-", 2), (".", 4)):
        parts = text.split(separator)
        if len(parts) * width // 2 in _MAC_SIZES:
            return all(re.fullmatch(f"{_HEX}{{{width}}}", part) for part in parts)
    return False


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return text.startswith("0000-") and _is_date(f"2000-{text[5:]}")
    return True


def _is_date_time(text: str) -> bool:
    date, *times = text.lower().split("t")
    time = re.fullmatch(_TIME, times[0], re.ASCII) if times else None
    if time is None or not _is_date(date):
        return False
    hours, minutes, seconds = time.groups()
    return hours <= "23" and minutes <= "59" and seconds <= "59"


def _is_duration(text: str) -> bool:
    if re.fullmatch(_GO_DURATION, text, re.ASCII):
        return True
    units = [match[1].lower() for match in re.finditer(_LOOSE_DURATION, text)]
    return any(unit in _DURATION_UNITS or unit.startswith(_DURATION_WORDS) for unit in units)


_LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"

FORMATS: Mapping[str, Callable[[str], bool]] = {
    "bsonobjectid": _matcher(f"{_HEX}{{24}}"),
    "byte": _matcher(
        r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"
    ),
    "cidr": _is_cidr,
    "date": _is_date,
    "datetime": _is_date_time,
    "duration": _is_duration,
    "email": _matcher(_EMAIL),
    "hexcolor": _matcher(f"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "k8slongname": lambda text: (
        len(text) <= 253 and re.fullmatch(rf"{_LABEL}(?:\.{_LABEL})*", text) is not None  # noqa: PLR2004
    ),
    "k8sshortname": lambda text: (
        len(text) <= _LONGEST_LABEL and re.fullmatch(_LABEL, text) is not None
    ),
    "mac": _is_mac,
    "uri": _is_uri,
    "uuid": _uuid(),
    "uuid3": _uuid(version="3"),
    "uuid4": _uuid(version="4", variant="[89ABab]"),
    "uuid5": _uuid(version="5", variant="[89ABab]"),
}
"""By name without hyphens: `date-time` is datetime."""
