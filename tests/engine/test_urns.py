"""URNs are a contract: a change of one replaces the resource of every user, unless it ships an alias."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

GOLDEN = Path(__file__).parent / "urns.txt"


def digests(repository, stack):
    """What the names of the releases that run end with."""
    ledger = repository.ledger(stack)
    return [
        record["history"][0]["release"].removeprefix("sha256:")[:12]
        for chain in ("components", "projects")
        for record in ledger[chain].values()
    ]


def urns(repository, stack):
    """Every URN below stack and project, with the name of its parent, which no URN holds."""
    resources = repository.resources(stack)
    prefix = f"urn:pulumi:{stack}::{repository.project}::"
    assert all(resource["urn"].startswith(prefix) for resource in resources)
    return sorted(
        f"{resource['urn'].removeprefix(prefix)} in {name(resource.get('parent', ''))}".rstrip()
        for resource in resources
    )


def name(urn):
    return urn.rpartition("::")[2]


def test_the_urns_of_the_example(example, update_golden):
    found = "".join(f"{urn}\n" for urn in urns(example, "development"))
    for digest in digests(example, "development"):
        found = found.replace(digest, "<digest>")
    if update_golden:
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_only_releases_are_named_by_their_content(example):
    """Where a release changes, its objects are updated in place and not replaced."""
    known = digests(example, "development")
    named = [urn for urn in urns(example, "development") if any(digest in urn for digest in known)]
    kinds = [urn.partition("::")[0].rpartition("$")[2] for urn in named]
    assert kinds == [
        *["openchoreo:index:ComponentRelease"] * (len(known) - 1),
        "openchoreo:index:ProjectRelease",
    ]
