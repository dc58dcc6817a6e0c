"""Every function and macro by the examples of its row, which are those of docs/cel.md."""

import pytest

from openchoreo.cel import CelError, Dialect
from openchoreo.cel.library import STANDARD_FUNCTIONS
from openchoreo.cel.macros import STANDARD

from .reference import BEGIN, DOCUMENT, END, generated
from .test_conformance import same

DIALECT = Dialect()
EXAMPLES = [example for row in (*STANDARD, *STANDARD_FUNCTIONS) for example in row.examples]


def value_of(source):
    return DIALECT.compile(source, frozenset()).evaluate({})


@pytest.mark.parametrize(("expression", "value"), EXAMPLES, ids=[e for e, _ in EXAMPLES])
def test_example(expression, value):
    found, wanted = value_of(expression), value_of(value)
    assert same(found, wanted), found


@pytest.mark.parametrize("table", [STANDARD, STANDARD_FUNCTIONS], ids=["macros", "functions"])
def test_every_name_has_a_summary_and_an_example(table):
    names = {row.name for row in table if "@" not in row.name}
    shown = {row.name for row in table if row.summary and row.examples}
    assert names - shown == set()


def test_the_document_has_the_tables():
    text = DOCUMENT.read_text()
    assert text.partition(BEGIN)[2].partition(END)[0] == generated(), (
        "run python -m tests.cel.reference"
    )


def python_blocks():
    return [block.partition("```")[0] for block in DOCUMENT.read_text().split("```python\n")[1:]]


@pytest.mark.parametrize("block", python_blocks())
def test_the_code_of_the_document_runs(block):
    *lines, last = block.strip().splitlines()
    expression, _, comment = last.partition("  # ")
    names = {}
    exec("\n".join(lines), names)
    assert repr(eval(expression, names)) == comment


def test_the_document_lists_every_refusal_it_names():
    for source in ("1 == 1.0", "true ? 1 : 'a'", "'a' + 1"):
        with pytest.raises(CelError) as caught:
            DIALECT.compile(source, frozenset())
        assert caught.value.stage == "check"
        assert f"`{source}`" in DOCUMENT.read_text()
