"""OpenChoreo's own engine on the same expressions, where its results are at hand.

They lie in the folder that OPENCHOREO_SAMPLES names, or in ../shared/samples.
"""

import json
import os
from pathlib import Path

import pytest

from openchoreo.document import canonical
from openchoreo.template import TemplateError, compile_template

SAMPLES = Path(os.environ.get("OPENCHOREO_SAMPLES", "../shared/samples"))
ORACLE = Path(__file__).parents[2] / SAMPLES / "oracle"

DIFFERENT = {
    '"${null}"': (13, "null"),
    '"x${null}"': (13, '"xnull"'),
    '''"${m.?d.orValue('q')}"''': (13, "null"),
    '"${optional.of(null)}"': (13, "null"),
    '''"${oc_merge(m, {'z': 1})}"''': (13, '{"a":1,"d":null,"z":1}'),
    '"${oc_merge(m, m)}"': (13, '{"a":1,"d":null}'),
    '''"${oc_merge({'o': m.?zz}, {'p': m.?a})}"''': (13, '{"o":null,"p":1}'),
    '"x${1500000.0}"': (14, '"x1500000"'),
    '''"${oc_generate_name('a', n)}"''': (24, "ERROR"),
    '''"${'a,b,c'.split(',', 0)}"''': (25, "[]"),
}
"""Template, the number of the difference from OpenChoreo, and what comes out here."""


def cases():
    path = ORACLE / "expressions.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [tuple(line.split(" => ", 1)) for line in lines]


def result(template, context):
    try:
        return canonical(
            compile_template(json.loads(template), variables=frozenset(context)).render(context)
        )
    except TemplateError:
        return "ERROR"


@pytest.fixture(scope="module")
def context():
    return json.loads((ORACLE / "context.json").read_text(encoding="utf-8"), parse_int=float)


@pytest.mark.parametrize(
    ("template", "expected"),
    cases()
    or [
        pytest.param(
            "", "", marks=pytest.mark.skip(reason="there are no samples beside the project")
        )
    ],
    ids=lambda text: text[:60],
)
def test_an_expression_gives_what_openchoreo_gives(context, template, expected):
    found = result(template, context)
    if template in DIFFERENT:
        assert found == DIFFERENT[template][1]
    elif expected.startswith(("ERROR ", "MARSHAL ")):
        assert found == "ERROR"
    else:
        value = json.loads(expected.rpartition(" (")[0])
        assert found == canonical(value)


@pytest.mark.skipif(not ORACLE.exists(), reason="there are no samples beside the project")
def test_every_difference_that_is_listed_is_one(context):
    expected = dict(cases())
    for template in DIFFERENT:
        kind = expected[template].rpartition(" (")[0]
        assert expected[template].startswith("ERROR") or result(template, context) != canonical(
            json.loads(kind)
        )
