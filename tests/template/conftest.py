import pytest

from openchoreo.template import COMPONENT, compile_template

CONTEXT = {
    "n": 3.0,
    "s": "abc",
    "a": "${b}",
    "b": "B",
    "l": ["x", "y"],
    "m": {"a": 1.0, "d": None},
    "h": {"v": "<a>&"},
    "objs": [{"v": 1.0}, {"v": 2.0}],
}
"""Numbers as they come from resources: doubles."""


@pytest.fixture
def render():
    def rendered(document, context=None, dialect=COMPONENT):
        bindings = CONTEXT if context is None else context
        template = compile_template(document, variables=frozenset(bindings), dialect=dialect)
        return template.render(bindings)

    return rendered
