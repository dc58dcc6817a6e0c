from __future__ import annotations

import pytest

from openchoreo.catalog import read_yaml
from openchoreo.errors import OpenChoreoError


def test_one_document_is_read_with_the_values_of_kubernetes():
    assert read_yaml("a: on\nb: 010") == {"a": True, "b": 8}
    assert read_yaml("# nothing") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: [",
            "policy.yaml\n  a value is missing here, or a bracket is not closed\n  policy.yaml:2",
        ),
        ("a: 1\na: 2", "policy.yaml\n  the key a is given twice in one mapping\n  policy.yaml:2"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_file_and_line(text, message):
    with pytest.raises(OpenChoreoError) as raised:
        read_yaml(text, "policy.yaml")
    assert str(raised.value) == message
