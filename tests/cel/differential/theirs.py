"""A child process that asks cel-expr-python: expressions with inputs as JSON lines in, outcomes out.

A process of its own because the library crashes on some values, and loses references to None.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import sys
from collections.abc import Callable
from typing import Any

from cel_expr_python import cel

LIBRARIES = ["optional", "strings", "encoders", "math", "lists", "sets", "two-var-comprehensions"]


def coded(value: Any) -> Any:
    """As JSON, with the kinds that JSON lacks in a list with their name."""
    if value is None or isinstance(value, (bool, str)):
        return value
    for kind, code in CODES:
        if isinstance(value, kind):
            return code(value)
    return ["type", value.name().lower()]


def entries(value: dict[Any, Any]) -> Any:
    pairs = [[coded(k), coded(v)] for k, v in value.items()]
    return ["map", sorted(pairs, key=json.dumps)]


CODES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (int, lambda value: ["int", str(value)]),
    (float, lambda value: ["double", repr(value)]),
    ((bytes, bytearray), lambda value: ["bytes", bytes(value).hex()]),
    (dt.datetime, lambda value: ["timestamp", value.astimezone(dt.UTC).isoformat()]),
    (dt.timedelta, lambda value: ["duration", str(value // dt.timedelta(microseconds=1))]),
    (list, lambda value: ["list", [coded(v) for v in value]]),
    (dict, entries),
)


def outcome(env: Any, source: str, variables: dict[str, Any]) -> Any:
    try:
        expression = env.compile(source)
    except RuntimeError as error:
        return ["compile", str(error)]
    try:
        value = expression.eval(data=variables)
        if value.type() == cel.Type.ERROR:
            text = str(value)
            return ["optional" if text.startswith("optional.") else "evaluate", text]
        return ["value", coded(value.plain_value())]
    except (RuntimeError, ValueError, TypeError, SystemError, OverflowError, UnicodeError) as error:
        return ["evaluate", str(error)]


def main() -> None:
    if sys.version_info < (3, 12):
        ctypes.c_ssize_t.from_address(id(None)).value += 1 << 48
    names = json.loads(sys.stdin.readline())
    text = "extensions:\n" + "".join(f"- name: {name}\n" for name in LIBRARIES)
    env = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(text), variables=dict.fromkeys(names, cel.Type.DYN)
    )
    for line in sys.stdin:
        print(json.dumps(outcome(env, *json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
