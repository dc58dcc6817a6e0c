"""Values set and removed in files that people have written."""

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from openchoreo.catalog import read_yaml
from openchoreo.errors import OpenChoreoError
from openchoreo.workspace.yaml_edit import with_value, without

PIN = ("config", "openchoreo:bindings", "greeter", "releaseName")

FILE = """\
# The staging environment.
encryptionsalt: v1:abc=

config:
  # Who runs it
  openchoreo:environment: staging   # not the name of the stack
  openchoreo:bindings:
      greeter:  # the front door
          releaseName: greeter-1   # pinned by ada

          workloadOverrides: {container: {env: [{key: A, value: "1"}]}}
      page: {releaseName: page-1, hold: true}
      empty:

# The end.
"""


def edited(keys, value, text=FILE):
    return with_value(text, keys, value, file="Pulumi.staging.yaml")


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (PIN, "greeter-2", "greeter-1   #", "greeter-2   #"),
        (
            ("config", "openchoreo:bindings", "page", "releaseName"),
            "page-2@sha256:12",
            "releaseName: page-1,",
            "releaseName: 'page-2@sha256:12',",
        ),
        (
            ("config", "openchoreo:bindings", "page", "state"),
            "Undeploy",
            "hold: true}",
            "hold: true, state: Undeploy}",
        ),
        (
            ("config", "openchoreo:bindings", "greeter", "hold"),
            True,
            '"1"}]}}\n',
            '"1"}]}}\n          hold: true\n',
        ),
        (
            ("config", "openchoreo:bindings", "empty", "hold"),
            True,
            "      empty:\n",
            "      empty:\n        hold: true\n",
        ),
        (
            ("config", "openchoreo:bindings", "new", "releaseName"),
            "new-1",
            "      empty:\n",
            "      empty:\n      new:\n        releaseName: new-1\n",
        ),
        (
            ("config", "openchoreo:resourceBindings", "db", "resourceRelease"),
            "db-1",
            "      empty:\n",
            "      empty:\n  openchoreo:resourceBindings:\n    db:\n      resourceRelease: db-1\n",
        ),
    ],
)
def test_nothing_else_is_touched(keys, value, old, new):
    assert FILE.count(old) == 1
    expected = FILE.replace(old, new)
    assert edited(keys, value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "config:\n  a:\n    b: x\n"),
        ("config: {}\n", "config: {a: {b: x}}\n"),
        ("config:\n", "config:\n  a:\n    b: x\n"),
        ("# only this\n", "# only this\nconfig:\n  a:\n    b: x\n"),
        ("config:\n  a: {}\n", "config:\n  a: {b: x}\n"),
        ("config:\n  a:\n    b:\n", "config:\n  a:\n    b: x\n"),
        ("config:\n  a:\n    b: |\n      long\n", "config:\n  a:\n    b: x\n"),
        ("config:\n  c: |\n    text\n", "config:\n  c: |\n    text\n  a:\n    b: x\n"),
        ("config: # all\n  c: 1", "config: # all\n  c: 1\n  a:\n    b: x\n"),
    ],
)
def test_places_that_are_not_there_yet(text, expected):
    found = edited(("config", "a", "b"), "x", text)
    assert read_yaml(found) == read_yaml(expected)
    assert found.rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize(
    ("keys", "old", "new"),
    [
        (PIN, "          releaseName: greeter-1   # pinned by ada\n", ""),
        (
            ("config", "openchoreo:bindings", "page", "hold"),
            "{releaseName: page-1, hold: true}",
            "{releaseName: page-1}",
        ),
        (
            ("config", "openchoreo:bindings", "page", "releaseName"),
            "{releaseName: page-1, hold: true}",
            "{hold: true}",
        ),
        (("config", "openchoreo:bindings", "greeter", "hold"), "x", "x"),
        (("config", "openchoreo:bindings", "nobody", "hold"), "x", "x"),
        (("config", "openchoreo:bindings", "empty"), "      empty:\n", ""),
    ],
)
def test_what_is_removed(keys, old, new):
    assert without(FILE, keys, file="x") == FILE.replace(old, new)


def test_maps_that_are_empty_go_as_well():
    text = "config:\n  openchoreo:bindings:\n    greeter:\n      hold: true\n  other: 1\n"
    keys = ("config", "openchoreo:bindings", "greeter", "hold")
    assert without(text, keys, file="x") == "config:\n  other: 1\n"


def test_what_cannot_be_edited_is_refused():
    text = "base: &base {hold: true}\nconfig:\n  a: *base\n"
    with pytest.raises(OpenChoreoError) as found:
        with_value(text, ("config", "a", "hold"), False, file="Pulumi.staging.yaml")
    assert str(found.value) == (
        "Pulumi.staging.yaml: config.a.hold\n"
        "  is written in a way that cannot be edited here\n"
        "  change config.a.hold by hand\n"
        "  Pulumi.staging.yaml"
    )


NAMES = st.sampled_from(["a", "b", "c: d", "openchoreo:x", "true", "1", "#"])
SCALARS = st.sampled_from(["x", "true", "1", "a: b", "", "x # y", "[", "é", True, False])
DOCUMENTS = st.recursive(
    SCALARS | st.none() | st.lists(SCALARS, max_size=2),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(
    config=st.dictionaries(NAMES, DOCUMENTS, max_size=3),
    keys=st.lists(NAMES, min_size=1, max_size=3),
    value=SCALARS,
    flow=st.sampled_from([None, False]),
    indent=st.integers(2, 5),
)
def test_any_file_says_what_was_asked_for_and_the_rest_as_before(config, keys, value, flow, indent):
    text = yaml.safe_dump({"config": config}, default_flow_style=flow, indent=indent)
    path = ("config", *keys)
    assume(not _meets_a_list_or_map(config, keys))
    found = with_value(text, path, value, file="x")
    document = read_yaml(found)
    for key in path:
        document = document[key]
    assert document == value
    if without(text, path, file="x") == text and not _leads_over_a_value(config, keys):
        after = read_yaml(without(found, path, file="x"))["config"] or {}
        assert after == (_without_empty(config, keys) or {})


def _meets_a_list_or_map(config, keys):
    """Where a pin would be; that is nothing to replace by one word."""
    document = config
    for key in keys:
        if isinstance(document, list):
            return True
        document = document.get(key) if isinstance(document, dict) else None
    return isinstance(document, list | dict)


def _leads_over_a_value(config, keys):
    document = config
    for key in keys:
        if not isinstance(document, dict):
            return True
        if key not in document:
            return False
        document = document[key]
    return True


def _without_empty(config, keys):
    """Empty maps on the way to what was never there go with it."""
    if len(keys) < 2 or keys[0] not in config:
        return config
    inner = _without_empty(config[keys[0]], keys[1:])
    rest = {name: one for name, one in config.items() if name != keys[0]}
    return {**rest, keys[0]: inner} if inner else rest
