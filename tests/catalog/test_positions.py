from __future__ import annotations

import pytest

from openchoreo.catalog.positions import nearest_line, positions

TEXT = b"""\
a: 1
---
# comment
metadata:
  name: x
spec:
  on: yes
  list:
    - first
    -
      key: value
    - [a,
       b]
  shared: &s {p: 1,
              q: 2}
  alias: *s
  merged:
    <<: *s
    r: 3
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 4),
        (("spec",), 6),
        (("spec", "true"), 7),
        (("spec", "list", 0), 9),
        (("spec", "list", 1, "key"), 11),
        (("spec", "list", 2, 1), 13),
        (("spec", "shared", "q"), 15),
        (("spec", "missing"), 6),
        (("spec", "list", 7), 8),
        (("spec", "list", "key"), 8),
        (("spec", "alias", "q"), 16),
        (("spec", "merged", "p"), 17),
        (("spec", "merged", "r"), 19),
        (("metadata", "name", "deeper"), 5),
    ],
)
def test_a_path_leads_to_its_line_or_to_what_is_around_it(path, line):
    assert nearest_line(positions(TEXT)[1], path) == line


def test_the_first_document_begins_where_its_text_does():
    assert nearest_line(positions(TEXT)[0], ("a",)) == 1


def test_a_file_that_is_not_yaml_has_the_lines_before_the_fault():
    [lines] = positions(b'{"a": 1,\n"b": @}')
    assert nearest_line(lines, ("a", 0)) == 1
    assert nearest_line({}, ("a",)) == 0
