"""Expressions that OpenChoreo's own engine was asked: the values, their kinds, and where it fails.

Templates with OpenChoreo's own functions, or with text around an expression, belong to template/.
"""

import base64
import json
import math

import pytest

from openchoreo.cel import CelError, CelType, Dialect, Optional_, Timestamp, Uint

from .samples import SAMPLES, needs_samples

ORACLE = SAMPLES / "oracle"

# Whole strings to a template, but not one expression between ${ and }.
TEXT = {"${s", "${s} ${", "${s ${n}}", "$${s}", "${s}}", "${r'a\\'}", "${", "\n  ${n}\n"}

KINDS = {
    "float64": float,
    "int64": int,
    "uint64": Uint,
    "string": str,
    "bool": bool,
    "structpb.NullValue": type(None),
    "<nil>": type(None),
    "map[string]interface {}": dict,
    "[]interface {}": list,
    "[]string": list,
    "[]uint8": bytes,
    "time.Time": Timestamp,
}


def cases():
    if not ORACLE.is_dir():
        return []
    found = []
    for line in (ORACLE / "expressions.txt").read_text().splitlines():
        template, end = json.JSONDecoder().raw_decode(line)
        if not isinstance(template, str) or template in TEXT or "oc_" in template:
            continue
        if template.startswith("${") and template.endswith("}") and " ${" not in template:
            expected = line[end:].removeprefix(" => ")
            found.append(pytest.param(template[2:-1], expected, id=template))
    return found


def output(value):
    """As a manifest would show it, with deviation 13 (null stays null)."""
    if isinstance(value, Optional_):
        return output(value.value) if value.present else None
    if isinstance(value, dict):
        return {k if isinstance(k, str) else json.dumps(k): output(v) for k, v in value.items()}
    if isinstance(value, list):
        return [output(v) for v in value]
    if isinstance(value, (CelType, Timestamp)):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def outcome(source, context):
    try:
        return "value", Dialect().compile(source, frozenset(context)).evaluate(context)
    except CelError as error:
        return error.stage, error


@needs_samples
@pytest.mark.parametrize(("source", "expected"), cases())
def test_the_reference_agrees(source, expected):
    context = json.loads((ORACLE / "context.json").read_text(), parse_int=float)
    stage, value = outcome(source, context)
    if stage != "value":
        named = "evaluation" if stage == "evaluate" else "compilation"
        assert expected.startswith(f"ERROR CEL {named} error"), f"{expected}, but we: {value}"
        return
    if expected.startswith("MARSHAL"):
        assert not math.isfinite(value)
        return
    assert not expected.startswith("ERROR"), value
    text, _, kind = expected.rpartition(" (")
    kind = kind.removesuffix(")")
    shown = output(value)
    if not isinstance(value, (Optional_, CelType)):
        assert type(value) is KINDS[kind]
    wanted = json.loads(text)
    if kind == "structpb.NullValue":  # deviation 13
        assert shown is None
    elif text == "null" and kind == "[]string":  # deviation 25
        assert shown == []
    else:
        assert shown == wanted


@needs_samples
def test_the_file_is_read():
    assert len(cases()) == 199
