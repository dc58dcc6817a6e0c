"""The official conformance cases. Those we differ in are listed one by one, with the reason."""

import base64
import json
import math
from pathlib import Path

import pytest

from openchoreo.cel import CelError, CelType, Dialect, Function, Uint
from openchoreo.cel.instants import read_duration, read_timestamp

from .samples import SAMPLES, needs_samples

CASES = SAMPLES / "cel-conformance"
EXCEPTIONS = {
    (row["file"], row["section"], row["name"], row["expr"]): row["reason"]
    for row in json.loads((Path(__file__).parent / "conformance_exceptions.json").read_text())
}
DIALECT = Dialect()


def cases():
    return [
        (path.stem, json.loads(line))
        for path in sorted(CASES.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def value_of(coded):
    ((kind, content),) = coded.items()
    return READERS[kind](content)


def timed(content):
    read = read_timestamp if content["@type"].endswith("Timestamp") else read_duration
    return read(content["value"])


READERS = {
    "int64Value": int,
    "uint64Value": Uint,
    "doubleValue": float,
    "stringValue": str,
    "boolValue": bool,
    "nullValue": lambda _: None,
    "bytesValue": base64.b64decode,
    "typeValue": CelType,
    "objectValue": timed,
    "listValue": lambda c: [value_of(v) for v in c.get("values", [])],
    "mapValue": lambda c: {value_of(e["key"]): value_of(e["value"]) for e in c.get("entries", [])},
}


def type_text(kind):
    ((form, content),) = kind.items()
    if form == "primitive":
        return {"INT64": "int", "UINT64": "uint"}.get(content, content.lower())
    if form == "typeParam":
        return content
    if form == "abstractType":
        return f"{content['name']}({', '.join(map(type_text, content['parameterTypes']))})"
    return "dyn"


def declared(case):
    """The case's variables, and a dialect with its functions."""
    names = set(case.get("bindings", {}))
    rows = []
    for entry in case.get("typeEnv", []):
        if "ident" in entry:
            names.add(entry["name"])
            continue
        for overload in entry["function"]["overloads"]:
            parameters = tuple(type_text(p) for p in overload.get("params", []))
            result = type_text(overload["resultType"])
            rows.append(Function(entry["name"], parameters, result, lambda *_: None))
    return frozenset(names), Dialect(functions=tuple(rows)) if rows else DIALECT


def same(left, right):
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, float) and math.isnan(left):
        return math.isnan(right)
    return left == right


def agrees(case):
    names, dialect = declared(case)
    bindings = {k: value_of(v["value"]) for k, v in case.get("bindings", {}).items()}
    fails = "evalError" in case
    try:
        program = dialect.compile(case["expr"], names)
        if case.get("checkOnly"):
            return not fails
        value = program.evaluate(bindings)
    except CelError:
        return fails
    if fails:
        return False
    wanted = case.get("value") or case.get("typedResult", {}).get("result") or {"boolValue": True}
    return same(value_of(wanted), value)


@needs_samples
@pytest.mark.parametrize(
    ("file", "case"),
    [
        pytest.param(f, c, id=f"{f}-{c['section']}-{c['name']}-{n}")
        for n, (f, c) in enumerate(cases())
    ],
)
def test_conformance(file, case):
    reason = EXCEPTIONS.get((file, case["section"], case["name"], case["expr"]))
    if reason is None:
        assert agrees(case)
    else:
        assert not agrees(case), f"passes, so it is no exception any more: {reason}"


@needs_samples
def test_the_exceptions_are_cases():
    known = {(f, c["section"], c["name"], c["expr"]) for f, c in cases()}
    assert EXCEPTIONS.keys() <= known
    assert len(cases()) == 1635
