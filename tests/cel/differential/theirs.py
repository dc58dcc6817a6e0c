"""A child process that asks cel-expr-python: expressions as JSON lines in, outcomes out.

A process of its own because the library crashes on some values, and loses references to None.
"""

from __future__ import annotations

import ctypes
import datetime
import json
import sys
from typing import Any

from cel_expr_python import cel

LIBRARIES = ["optional", "strings", "encoders", "math", "lists", "sets", "two-var-comprehensions"]


def coded(value: Any) -> Any:
    """As JSON, with the kinds that JSON lacks in a list with their name."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["double", repr(value)]
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, datetime.datetime):
        return ["timestamp", value.astimezone(datetime.UTC).isoformat()]
    if isinstance(value, datetime.timedelta):
        return ["duration", str(value // datetime.timedelta(microseconds=1))]
    if isinstance(value, list):
        return ["list", [coded(v) for v in value]]
    if isinstance(value, dict):
        pairs = [[coded(k), coded(v)] for k, v in value.items()]
        return ["map", sorted(pairs, key=json.dumps)]
    return ["type", value.name().lower()]


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
    variables = json.loads(sys.stdin.readline())
    text = "extensions:\n" + "".join(f"- name: {name}\n" for name in LIBRARIES)
    env = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(text), variables=dict.fromkeys(variables, cel.Type.DYN)
    )
    for line in sys.stdin:
        print(json.dumps(outcome(env, json.loads(line), variables)), flush=True)


if __name__ == "__main__":
    main()
