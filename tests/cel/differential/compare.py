"""Asks both implementations, and sorts what they disagree in into known classes."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from openchoreo.cel import CelError, CelType, Dialect, Duration, Optional_, Timestamp

from .grammar import VARIABLES

DIALECT = Dialect()
NAMES = frozenset(VARIABLES)
CHILD = Path(__file__).parent / "theirs.py"


class Case(NamedTuple):
    """An expression, and what its variables hold."""

    source: str
    variables: dict[str, Any] = VARIABLES


class Difference(NamedTuple):
    source: str
    ours: Any
    theirs: Any
    variables: dict[str, Any] = VARIABLES


def coded(value: Any) -> Any:
    """As theirs.coded, to the microsecond, since that is what their results tell."""
    if value is None or isinstance(value, (bool, str)):
        return value
    return next(code(value) for kind, code in CODES if isinstance(value, kind))


def instant(value: Timestamp) -> Any:
    micros = value.nanoseconds // 1000 % 1_000_000
    return ["timestamp", value.local().replace(microsecond=micros, tzinfo=dt.UTC).isoformat()]


def entries(value: dict[Any, Any]) -> Any:
    pairs = [[coded(k), coded(v)] for k, v in value.items()]
    return ["map", sorted(pairs, key=json.dumps)]


CODES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, lambda value: ["int", str(int(value))]),
    (float, lambda value: ["double", repr(value)]),
    (bytes, lambda value: ["bytes", value.hex()]),
    (Timestamp, instant),
    (Duration, lambda value: ["duration", str(value.nanoseconds // 1000)]),
    (list, lambda value: ["list", [coded(v) for v in value]]),
    (dict, entries),
    (CelType, lambda value: ["type", value.name]),
    (Optional_, lambda value: ["optional", coded(value.value) if value.present else "none"]),
)


def ours(case: Case) -> Any:
    try:
        program = DIALECT.compile(case.source, NAMES)
    except CelError as error:
        return ["compile", str(error)]
    try:
        value = program.evaluate(case.variables)
    except CelError as error:
        return ["evaluate", str(error)]
    return ["optional", str(value)] if isinstance(value, Optional_) else ["value", coded(value)]


def theirs(cases: Sequence[Case]) -> Iterator[Any]:
    """Their outcomes, in as many child processes as it takes; a crash is an outcome too."""
    left = list(cases)
    while left:
        child = subprocess.Popen(
            [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        lines = [json.dumps(sorted(NAMES)), *(json.dumps(case) for case in left)]
        answered = 0
        try:
            for answer in conversation(child, "\n".join(lines) + "\n"):
                yield answer
                answered += 1
        finally:
            child.kill()
            child.wait()
        left = left[answered:]
        if left:
            yield ["crash", str(child.returncode)]
            left = left[1:]


def conversation(child: subprocess.Popen[str], questions: str) -> Iterator[Any]:
    """All answers. A thread writes, so that neither side waits for the other to read."""
    assert child.stdin is not None
    assert child.stdout is not None
    threading.Thread(target=feed, args=(child.stdin, questions), daemon=True).start()
    for line in child.stdout:
        yield json.loads(line)
    child.stdout.close()


def feed(stream: Any, text: str) -> None:
    try:
        stream.write(text)
        stream.close()
    except BrokenPipeError:
        pass


def agree(mine: Any, other: Any) -> bool:
    if mine[0] == "optional" and other[0] == "optional":
        return True
    if mine[0] != "value" or other[0] != "value":
        return mine[0] == other[0]
    return close(mine[1], other[1])


def close(mine: Any, other: Any) -> bool:
    """Equal, where type names may be spelled differently and -0.0 is 0.0."""
    if isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        if mine and mine[0] == "double" and other[0] == "double":
            return float(mine[1]) == float(other[1]) or mine == other
        if mine and mine[0] == "type":
            return other[0] == "type"
        return all(map(close, mine, other))
    return mine == other


def differences(cases: Sequence[Case]) -> Iterator[Difference]:
    for case, other in zip(cases, theirs(cases), strict=True):
        mine = ours(case)
        if not agree(mine, other):
            yield Difference(case.source, mine, other, case.variables)


# Known classes, in the order in which they are tried: what differs, and who is right.
# "Theirs" is cel-expr-python; the reference is cel-go, which OpenChoreo uses.

COMPILED = frozenset({"value", "optional", "evaluate"})


def class_of(difference: Difference) -> str:
    """The name of the class that explains the difference, or nothing."""
    return next((name for name, explains in CLASSES.items() if explains(difference)), "")


def _refused_there(difference: Difference, *texts: str) -> bool:
    """They do not compile it, for one of these reasons, and we do."""
    mine, other = difference.ours, difference.theirs
    return mine[0] in COMPILED and other[0] == "compile" and any(t in other[1] for t in texts)


def _failed_there(difference: Difference, *texts: str) -> bool:
    """They fail in evaluation, for one of these reasons, and we have a value."""
    mine, other = difference.ours, difference.theirs
    return (
        mine[0] in {"value", "optional"}
        and other[0] == "evaluate"
        and any(t in other[1] for t in texts)
    )


def _refused_here(difference: Difference, *texts: str) -> bool:
    mine, other = difference.ours, difference.theirs
    return mine[0] == "compile" and other[0] != "compile" and any(t in mine[1] for t in texts)


def _both_values(difference: Difference) -> bool:
    return difference.ours[0] == difference.theirs[0] == "value"


def unordered(code: Any) -> Any:
    """A result without the order of its lists."""
    if not isinstance(code, list):
        return json.dumps(code)
    return sorted(json.dumps(unordered(part)) for part in code)


def _has(difference: Difference, pattern: str) -> bool:
    return re.search(pattern, difference.source) is not None


CLASSES: dict[str, Callable[[Difference], bool]] = {
    "an optional inside their result crashes them, or cannot be read": lambda d: (
        d.theirs[0] == "crash"
        or "plain_value" in str(d.theirs[1])
        or "__import__" in str(d.theirs[1])
    ),
    "a format and its arguments are checked at compilation, as in the reference": lambda d: (
        _refused_here(d, "during formatting", "string.format", "formatting clause", "out of range")
    ),
    "flatten() of a flat list does not check, as in the reference": lambda d: _refused_here(
        d, "'flatten'"
    ),
    "the type of an empty list, none() or a generic result stays open until it is used": lambda d: (
        _refused_here(d, "no matching overload", "does not support field selection", "goes through")
        and _has(
            d,
            r"\{\}|\[\]|sort|none\(\)|flatten|distinct|reverse|slice|sets|first|last|\.or|opt[MF]|\[\{",
        )
    ),
    "a field, or .? and [?], of what is no map: absent, as in the reference": lambda d: (
        _failed_there(d, "_[?_]", "_?._", "Applying SELECT", "does not support field selection")
        or (_failed_there(d, "") and _has(d, r"\.\?|\[\?|has\(") and _has(d, r"&&|\|\||all|exists"))
    ),
    "double and null keys are allowed, as in the reference": lambda d: (
        d.ours[0] != "compile" and "Invalid map key type" in str(d.theirs[1])
    ),
    "''.split('') is empty, as in the reference": lambda d: (
        _has(d, r"split\(") and d.theirs[0] != "compile" and d.ours[0] != "compile"
    ),
    "maps are gone through in the order of their keys, not in that of a hash table": lambda d: (
        _both_values(d) and unordered(d.ours[1]) == unordered(d.theirs[1])
    ),
    "base64 may hold line ends but no other white space, as in the reference": lambda d: (
        "illegal base64" in str(d.ours[1])
    ),
    "int() of a bool does not exist, as in the reference": lambda d: "int(bool)" in str(d.ours[1]),
    "`in` a map is false for what cannot be a key, as in the reference": lambda d: _failed_there(
        d, "overloads found : @in"
    ),
    "their optional holds an error": lambda d: (
        d.ours[0] == "evaluate" and ("_[?_](" in d.ours[1] or "invalid list index" in d.ours[1])
    ),
    "format shows all digits of a double, and whole ones without a point, as in the reference": (
        lambda d: (
            _has(d, r"format\(")
            and (d.ours[0] == d.theirs[0] or _failed_there(d, "base64", "convert"))
        )
    ),
    "the first of a map's keys is the lowest, not that of a hash table": lambda d: (
        _has(d, r"(map|filter|transformList)\(") and d.ours[0] == d.theirs[0]
    ),
    "white space around a number is no part of it, as in the reference": lambda d: (
        "type conversion error from 'string'" in str(d.ours[1])
    ),
    "a duration can be negated through dyn, as in the reference": lambda d: _failed_there(
        d, "-_(duration)"
    ),
    "their optMap loses its variable in a condition": lambda d: _refused_there(
        d, "undeclared reference to 'v'"
    ),
    "of timestamps only the year 1 is zero, as in the reference": lambda d: (
        _has(d, "ofNonZeroValue") and _has(d, r"timestamp\(")
    ),
    "bytes that are no UTF-8 are formatted with replacement characters": lambda d: _failed_there(
        d, "Unable to convert function return value"
    ),
    "the text of fractions of seconds ends with its last digit, as in the reference": lambda d: (
        _both_values(d) and _has(d, r"1\.5s|\.5s")
    ),
    "string() says NaN, +Inf and -Inf, as in the reference": lambda d: (
        _has(d, r"string\(")
        and d.ours[0] == d.theirs[0]
        and re.search("nan|inf|fn|8a77|696e66", str(d.theirs[1])) is not None
    ),
    "int() of a duration exists, as in the reference": lambda d: (
        "int(duration)" in str(d.theirs[1])
    ),
    "a substring may end at the end of the text, as in the reference": lambda d: (
        _failed_there(d, "<start> or <end> is greater") and _has(d, "substring")
    ),
    "indexOf beyond the end is -1, as in the reference": lambda d: (
        _has(d, "[iI]ndexOf") and (_both_values(d) or _failed_there(d, ""))
    ),
    "a literal with an element of unknown type is of unknown type, as in the reference": lambda d: (
        _refused_there(d, "no matching overload", "operand of a select", "cannot be the range")
        and _has(d, r"[\[{]")
    ),
}
