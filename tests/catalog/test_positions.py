from __future__ import annotations

import pytest

from openchoreo.catalog.positions import nearest_place, positions

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
    ("path", "place"),
    [
        ((), (4, 1)),
        (("spec",), (6, 1)),
        (("spec", "true"), (7, 3)),
        (("spec", "list", 0), (9, 7)),
        (("spec", "list", 1, "key"), (11, 7)),
        (("spec", "list", 2, 1), (13, 8)),
        (("spec", "shared", "q"), (15, 15)),
        (("spec", "missing"), (6, 1)),
        (("spec", "list", 7), (8, 3)),
        (("spec", "list", "key"), (8, 3)),
        (("spec", "alias", "q"), (16, 3)),
        (("spec", "merged", "p"), (17, 3)),
        (("spec", "merged", "r"), (19, 5)),
        (("metadata", "name", "deeper"), (5, 3)),
    ],
)
def test_a_path_leads_to_its_place_or_to_what_is_around_it(path, place):
    assert nearest_place(positions(TEXT)[1], path) == place


def test_the_first_document_begins_where_its_text_does():
    assert nearest_place(positions(TEXT)[0], ("a",)) == (1, 1)


def test_a_file_that_is_not_yaml_has_the_places_before_the_fault():
    [places] = positions(b'{"a": 1,\n"b": @}')
    assert nearest_place(places, ("a", 0)) == (1, 2)
    assert nearest_place({}, ("a",)) == (0, 0)
