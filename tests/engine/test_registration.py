"""What counts as evidence that an object was applied, and two ways to the same state."""

import pytest
from hypothesis import given

from openchoreo.engine.applying import token
from openchoreo.engine.registration import UNKNOWN_ID, Answer, contains
from openchoreo.engine.registration.choice import CLASSES, REQUESTS, VARIABLE
from tests.engine.conftest import ROOT
from tests.engine.runs import assert_settled, named, told
from tests.test_document import documents


@pytest.mark.parametrize(
    ("returned", "asked", "contained"),
    [
        ({"a": 1.0, "b": 2.0}, {"a": 1}, True),
        ({"a": 1.0}, {"a": 1, "b": 2}, False),
        ({"a": 1.0}, {"a": 1, "b": None}, True),
        ({"a": [1.0, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, True),
        ({"a": [1.0]}, {"a": [1, 2]}, False),
        ({"a": 1.0}, {"a": True}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": True}, {"a": True}, True),
        ({"a": "1"}, {"a": 1}, False),
        ({}, {"a": {}}, False),
        (None, {}, False),
    ],
    ids=[
        "servers add fields",
        "a field is missing",
        "null is as good as absent",
        "nested, integers come back as doubles",
        "a shorter list",
        "a number is no boolean",
        "a boolean is no number",
        "equal booleans",
        "text is no number",
        "an empty map that is missing",
        "nothing came back",
    ],
)
def test_an_object_is_evidence_only_when_it_holds_what_was_asked_for(returned, asked, contained):
    assert contains(returned, asked) is contained


@given(documents)
def test_everything_contains_itself(document):
    assert contains(document, document)


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("v1", "ConfigMap", "openchoreo-files:core/v1:ConfigMap"),
        ("apps/v1", "Deployment", "openchoreo-files:apps/v1:Deployment"),
        (
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            "openchoreo-files:gateway.networking.k8s.io/v1:HTTPRoute",
        ),
    ],
)
def test_the_type_of_a_manifest(api_version, kind, expected):
    assert token({"apiVersion": api_version, "kind": kind}) == expected


def test_a_provider_whose_id_is_not_known_yet_is_referred_to_as_pulumi_does():
    assert Answer("urn:p", "", applied=False).reference == f"urn:p::{UNKNOWN_ID}"
    assert Answer("urn:p", "1", applied=True).reference == "urn:p::1"


@pytest.fixture(
    params=[(REQUESTS, CLASSES), (CLASSES, REQUESTS)], ids=["to classes", "to requests"]
)
def ways(request):
    """The way of the first run, and that of the next one."""
    return request.param


@pytest.mark.engine
def test_the_other_way_changes_nothing(ways, new_repository, tmp_path, monkeypatch):
    first, other = ways
    monkeypatch.setenv(VARIABLE, first)
    repository = new_repository(tmp_path / "shop", ROOT / "definitions", "shop", stacks=[STACK])
    repository.deployed(STACK)
    before = resources(repository), repository.raw_outputs(STACK), repository.files("manifests")
    monkeypatch.setenv(VARIABLE, other)
    done = repository.preview(STACK, "--expect-no-changes")
    assert done.code == 0, done.text
    repository.deployed(STACK, "--expect-no-changes")
    after = resources(repository), repository.raw_outputs(STACK), repository.files("manifests")
    assert after == before


STACK = "development"


def resources(repository):
    """URN -> what the exported state says, without times, and without the line of a program that
    made a provider, which the SDK tells of classes that have a class below them.
    """
    return {one["urn"]: plain(one) for one in repository.resources(STACK)}


def plain(resource):
    told = {"created", "modified", "sourcePosition", "stackTrace"}
    kept = {key: value for key, value in resource.items() if key not in told}
    # The engine keeps both as sets, in any order.
    kept["dependencies"] = sorted(kept.get("dependencies", []))
    each = kept.get("propertyDependencies") or {}
    kept["propertyDependencies"] = {key: sorted(urns or []) for key, urns in each.items()}
    return kept


@pytest.mark.engine
def test_what_fails_and_what_needs_it_is_the_same_on_both_ways(repository, tmp_path, monkeypatch):
    """Without a namespace nothing in it is applied, and nothing is deleted either."""
    for component in ("forecast", "dashboard"):
        repository.set_image(component, "next")
    (namespace,) = named(repository, "/namespace_")
    (repository.root / "manifests" / namespace).unlink()
    (repository.root / "manifests" / namespace / "in-the-way").mkdir(parents=True)
    before = repository.raw_outputs(STACK), repository.files("manifests")
    ended = {}
    for way in (REQUESTS, CLASSES):
        monkeypatch.setenv(VARIABLE, way)
        copy = repository.copy_to(tmp_path / way)
        done = copy.up(STACK, "--continue-on-error")
        assert done.code != 0
        assert (copy.raw_outputs(STACK), copy.files("manifests")) == before
        # The engine tells of resources in any order, the first without a heading in `told`.
        lines = {line.strip() for line in done.text.splitlines() if "error: " in line}
        ended[way] = lines, resources(copy)
        (copy.root / "manifests" / namespace / "in-the-way").rmdir()
        (copy.root / "manifests" / namespace).rmdir()
        copy.deployed(STACK)
        assert_settled(copy)
    assert ended[CLASSES] == ended[REQUESTS]


@pytest.mark.engine
def test_a_provider_that_fails_is_told_in_the_same_words_on_both_ways(
    repository, tmp_path, monkeypatch
):
    repository.root.joinpath("manifests/development").rename(tmp_path / "elsewhere")
    repository.root.joinpath("manifests/development").symlink_to(tmp_path / "elsewhere")
    repository.set_image("forecast", "next")
    texts = {}
    for way in (REQUESTS, CLASSES):
        monkeypatch.setenv(VARIABLE, way)
        for flags in ((), ("--continue-on-error",)):
            done = repository.up(STACK, *flags)
            assert done.code != 0
            texts.setdefault(way, []).append(told(done))
    assert texts[CLASSES] == texts[REQUESTS]
