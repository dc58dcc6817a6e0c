"""add, replace and remove as OpenChoreo's traits have them."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.rendering.patch import Change, PatchError, apply


def patched(manifest, *changes):
    return apply(manifest, [Change(*change) for change in changes])


def items(*names):
    return {"l": [{"n": name} for name in names]}


CHANGES = {
    "add sets a member": ({"a": 1}, [("add", "/b", 2)], {"a": 1, "b": 2}),
    "add replaces a member": ({"a": 1}, [("add", "/a", 2)], {"a": 2}),
    "add without a value writes null": ({}, [("add", "/a")], {"a": None}),
    "a path needs no slash at its beginning": ({}, [("add", "a/b", 1)], {"a": {"b": 1}}),
    "empty segments say nothing": ({"b": 1}, [("add", "//b/", 2)], {"b": 2}),
    "add makes missing parents": ({}, [("add", "/a/b/c", 1)], {"a": {"b": {"c": 1}}}),
    "add makes a list before an append": ({}, [("add", "/a/b/-", 1)], {"a": {"b": [1]}}),
    "add makes an object of a null parent": ({"a": None}, [("add", "/a/b", 1)], {"a": {"b": 1}}),
    "add appends": ({"l": ["a"]}, [("add", "/l/-", "b")], {"l": ["a", "b"]}),
    "brackets append too": ({"l": ["a"]}, [("add", "/l[-]", "b")], {"l": ["a", "b"]}),
    "add inserts before an index": ({"l": ["a"]}, [("add", "/l/0", "b")], {"l": ["b", "a"]}),
    "brackets are indexes too": ({"l": ["a"]}, [("replace", "/l[0]", "b")], {"l": ["b"]}),
    "signs and leading zeros are part of an index": (
        {"l": ["a", "b"]},
        [("replace", "/l/+01", "c")],
        {"l": ["a", "c"]},
    ),
    "replace an element": ({"l": ["a", "b"]}, [("replace", "/l/1", "c")], {"l": ["a", "c"]}),
    "replace a member": ({"a": {"b": 1}}, [("replace", "/a/b", [2])], {"a": {"b": [2]}}),
    "remove a member": ({"a": {"b": 1}}, [("remove", "/a/b")], {"a": {}}),
    "remove a missing member": ({"a": {}}, [("remove", "/a/b")], {"a": {}}),
    "remove an element": ({"l": ["a", "b"]}, [("remove", "/l/0")], {"l": ["b"]}),
    "~1 is a slash and ~0 a tilde": (
        {"annotations": {}},
        [("add", "/annotations/app.io~1na~0me", "x")],
        {"annotations": {"app.io/na~me": "x"}},
    ),
    "~01 is ~1 and no slash": ({}, [("add", "/a~01b", 1)], {"a~1b": 1}),
    "later changes see earlier ones": (
        {},
        [("add", "/l/-", {"n": "x"}), ("add", "/l[?(@.n=='x')]/m", 1)],
        {"l": [{"n": "x", "m": 1}]},
    ),
    "a filter picks every element that fits": (
        items("x", "y", "x"),
        [("add", "/l[?(@.n=='x')]/m", 1)],
        {"l": [{"n": "x", "m": 1}, {"n": "y"}, {"n": "x", "m": 1}]},
    ),
    "a filter may be a segment of its own": (
        items("x"),
        [("add", '/l/[?(@.n == "x")]/m', 1)],
        {"l": [{"n": "x", "m": 1}]},
    ),
    "a filter looks into objects": (
        {"l": [{"a": {"b": "x"}}, {"a": 1}]},
        [("remove", "/l/[?(@.a.b=='x')]/a")],
        {"l": [{}, {"a": 1}]},
    ),
    "filters one after the other": (
        {"l": [{"n": "x", "k": "1"}, {"n": "x", "k": "2"}], "m": []},
        [("add", "/l[?(@.n=='x')]/z", 1), ("remove", "/l/1/z")],
        {"l": [{"n": "x", "k": "1", "z": 1}, {"n": "x", "k": "2"}], "m": []},
    ),
    "an index behind a filter": (
        {"l": [{"n": "x", "v": ["a"]}]},
        [("replace", "/l[?(@.n=='x')]/v[0]", "b")],
        {"l": [{"n": "x", "v": ["b"]}]},
    ),
    "the quotes of a filter need not match, and may be inside": (
        {"l": [{"n": "a'b"}]},
        [("remove", "/l/[?(@.n=='a'b\")]/n")],
        {"l": [{}]},
    ),
    "a slash in a filter is ~1": (
        {"l": [{"n": "a/b"}]},
        [("remove", "/l/[?(@.n=='a~1b')]/n")],
        {"l": [{}]},
    ),
    "a filter compares booleans by their text": (
        {"l": [{"n": True}]},
        [("remove", "/l/[?(@.n=='true')]/n")],
        {"l": [{}]},
    ),
    "a filter compares numbers as Go prints them": (
        {"l": [{"n": 1000000.0}, {"n": 80.0}]},
        [("remove", "/l/[?(@.n=='1e+06')]/n"), ("remove", "/l/[?(@.n=='80')]/n")],
        {"l": [{}, {}]},
    ),
    "a filter compares integers of expressions plainly": (
        {"l": [{"n": 1000000}]},
        [("remove", "/l/[?(@.n=='1000000')]/n")],
        {"l": [{}]},
    ),
    "null is the empty text": (
        {"l": [{"n": None}, {"n": ""}, {}]},
        [("replace", "/l/[?(@.n=='')]/n", 1)],
        {"l": [{"n": 1}, {"n": 1}, {}]},
    ),
    "a wildcard is every element": (
        items("x", "y"),
        [("replace", "/l/[*]/n", "z")],
        items("z", "z"),
    ),
    "wildcards inside each other": (
        {"l": [{"m": [{}, {}]}, {"m": [{}]}]},
        [("add", "/l[*]/m[*]/a", 1)],
        {"l": [{"m": [{"a": 1}, {"a": 1}]}, {"m": [{"a": 1}]}]},
    ),
    "removing several elements moves those behind": (
        items("x", "x", "y", "z"),
        [("remove", "/l/[?(@.n=='x')]")],
        items("x", "z"),
    ),
    "adding before several elements moves those behind": (
        items("x", "x"),
        [("add", "/l/[?(@.n=='x')]", 1)],
        {"l": [1, 1, {"n": "x"}, {"n": "x"}]},
    ),
}


@pytest.mark.parametrize(
    ("manifest", "changes", "expected"),
    [pytest.param(*case, id=name) for name, case in CHANGES.items()],
)
def test_a_change_is_applied_to_a_copy(manifest, changes, expected):
    before = copy.deepcopy(manifest)
    assert patched(manifest, *changes) == expected
    assert manifest == before


REFUSALS = {
    "an index behind the end": (
        {"l": ["a"]},
        ("add", "/l/1", "b"),
        "index 1 is out of bounds, the list has 1",
        "append with /-",
    ),
    "an index before the beginning": (
        {"l": ["a"]},
        ("remove", "/l/-1"),
        "index -1 is out of bounds, the list has 1",
        "",
    ),
    "an index of a missing list": (
        {},
        ("add", "/l/0", 1),
        "index 0 needs a list, found nothing",
        "",
    ),
    "a number is never a member": (
        {"a": {}},
        ("add", "/a/0", 1),
        "index 0 needs a list, found an object",
        "",
    ),
    "a member of a list": (
        {"l": []},
        ("add", "/l/a", 1),
        "a is looked up in a list, which has no members",
        "",
    ),
    "a member of a text": (
        {"a": "x"},
        ("add", "/a/b", 1),
        "b is looked up in a string, which has no members",
        "",
    ),
    "appending to an object": ({"a": {}}, ("add", "/a/-", 1), "- is looked up in an object", ""),
    "appending to a number": (
        {"a": 1},
        ("add", "/a/-", 1),
        "a is a number, which nothing can be changed in",
        "",
    ),
    "a member of a boolean": (
        {"a": True},
        ("add", "/a/b", 1),
        "b is looked up in a boolean, which has no members",
        "",
    ),
    "a filter on lists and objects": (
        {"l": [{"n": [1]}, {"n": {}}]},
        ("remove", "/l/[?(@.n=='[1')]"),
        "no element has n [1",
        "",
    ),
    "appending in the middle": (
        {"l": []},
        ("add", "/l/-/a", 1),
        "index - is out of bounds, the list has 0",
        "",
    ),
    "replacing what is not there": (
        {"a": {}},
        ("replace", "/a/b", 1),
        "there is no b to replace",
        "use add to set it in any case",
    ),
    "replacing under what is not there": ({}, ("replace", "/a/b", 1), "there is no a", ""),
    "replacing the end": (
        {"l": []},
        ("replace", "/l/-", 1),
        "replace cannot be applied to the end of a list",
        "name an index",
    ),
    "removing the end": (
        {"l": []},
        ("remove", "/l/-"),
        "remove cannot be applied to the end of a list",
        "name an index",
    ),
    "removing under what is not there": ({}, ("remove", "/x/y"), "there is no x", ""),
    "removing under null": (
        {"x": None},
        ("remove", "/x/y"),
        "x is nothing, which nothing can be changed in",
        "",
    ),
    "lists in lists": (
        {"l": [[1]]},
        ("replace", "/l/0/0", 2),
        "a list directly in a list cannot be changed",
        "",
    ),
    "the whole manifest": (
        {"a": 1},
        ("replace", "/", 2),
        "replace cannot be applied to a whole manifest",
        "",
    ),
    "the whole manifest again": (
        {"a": 1},
        ("remove", ""),
        "remove cannot be applied to a whole manifest",
        "",
    ),
    "a filter that fits nothing": (
        items("x"),
        ("remove", "/l/[?(@.n=='y')]"),
        "no element has n y",
        "there is n x",
    ),
    "a filter on a field that nothing has": (
        items("x"),
        ("remove", "/l/[?(@.a.b=='y')]"),
        "no element has a.b y",
        "",
    ),
    "a wildcard on an empty list": (
        {"l": []},
        ("add", "/l/[*]/a", 1),
        "[*] matches nothing, the list is empty",
        "",
    ),
    "a filter on an object": (
        {"a": {"b": {}}},
        ("add", "/a/b/[?(@.n=='y')]", 1),
        "a filter needs a list, found an object at /a/b",
        "",
    ),
    "a wildcard on what is not there": (
        {},
        ("add", "/a~1b/[*]", 1),
        "[*] needs a list, found nothing at /a~1b",
        "",
    ),
    "a filter that compares otherwise": (
        items("x"),
        ("remove", "/l/[?(@.n!='y')]"),
        "the filter @.n!='y' is not supported",
        "only @.field=='value' is understood, with quotes; write a slash as ~1",
    ),
    "a filter without quotes": (
        items("x"),
        ("remove", "/l/[?(@.n==1)]"),
        "the filter @.n==1 is not supported",
        "only @.field=='value' is understood, with quotes; write a slash as ~1",
    ),
    "a slash in a filter": (
        items("x"),
        ("remove", "/l/[?(@.n=='a/b')]"),
        "the bracket in [?(@.n=='a is not closed",
        "",
    ),
    "a strange bracket": (
        items("x"),
        ("remove", "/l/[n]"),
        "[n] is no index",
        "use an index, [*], [-] or [?(@.field=='value')]",
    ),
    "another operation": (
        {},
        ("move", "/a"),
        "move is no operation",
        "use add, replace or remove",
    ),
    "removing several elements past the end": (
        items("x", "y", "x"),
        ("remove", "/l/[?(@.n=='x')]"),
        "index 2 is out of bounds, the list has 2",
        "",
    ),
    "removing every element": (
        items("x", "y", "z"),
        ("remove", "/l/[*]"),
        "index 2 is out of bounds, the list has 1",
        "",
    ),
    "too many places": (
        {"l": [{"m": [{"k": [{}] * 50}] * 50}] * 50},
        ("add", "/l/[*]/m/[*]/k/[*]/a", 1),
        "the path means more than 65536 places",
        "",
    ),
}


@pytest.mark.parametrize(
    ("manifest", "change", "message", "hint"),
    [pytest.param(*case, id=name) for name, case in REFUSALS.items()],
)
def test_a_change_is_refused(manifest, change, message, hint):
    before = copy.deepcopy(manifest)
    with pytest.raises(PatchError) as caught:
        patched(manifest, ("add", "/first", 1), change)
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert (caught.value.path, caught.value.index) == (change[1], 1)
    assert manifest == before


def test_what_no_change_touches_is_shared():
    manifest = {"spec": {"a": [1]}, "status": {"b": [2]}}
    result = patched(manifest, ("add", "/spec/c", 3))
    assert result["status"] is manifest["status"]
    assert result["spec"]["a"] is manifest["spec"]["a"]


def test_a_value_added_twice_changes_at_one_place_only():
    value = {"n": []}
    result = patched({"l": [{}, {}]}, ("add", "/l/[*]/v", value), ("add", "/l/0/v/n/-", 1))
    assert result == {"l": [{"v": {"n": [1]}}, {"v": {"n": []}}]}
    assert value == {"n": []}


def test_many_places_of_one_list_take_time_in_proportion():
    """65,536 changes of one list; copying the list for each would take minutes."""
    result = patched({"l": [{}] * 65_536}, ("add", "/l/[*]/a", 1))
    assert result["l"][-1] == {"a": 1}


def test_a_patch_that_would_fill_the_memory_is_refused():
    text = "x" * 1_000_000
    for value in (text, [text], {"a": text}):
        with pytest.raises(PatchError) as caught:
            patched({"l": [{}] * 100}, ("add", "/l/[*]/a", value))
        assert caught.value.message == (
            "the manifest becomes too large: no Kubernetes object may hold that much"
        )


documents = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text("ab/~"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=10,
)
manifests = st.dictionaries(st.sampled_from("abc"), documents)
segments = st.sampled_from(
    ["a", "b", "c", "0", "1", "-", "[*]", "[0]", "[-]", "[?(@.a=='')]", "[?(@.b=='a')]", "~1", "["]
)
paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts)) | st.text("a/[]-0*")
changes = st.builds(Change, st.sampled_from(["add", "replace", "remove"]), paths, documents)


@settings(deadline=None)
@given(manifests)
def test_no_change_changes_nothing(manifest):
    assert apply(manifest, []) == manifest


@settings(deadline=None)
@given(manifests, st.lists(changes, max_size=4))
def test_any_changes_give_a_manifest_or_a_patch_error_and_mutate_nothing(manifest, listed):
    before = copy.deepcopy((manifest, listed))
    results = []
    for _ in range(2):
        try:
            results.append(apply(manifest, listed))
        except PatchError as error:
            results.append(str(error))
    assert results[0] == results[1]
    assert (manifest, listed) == before
