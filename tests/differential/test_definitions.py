"""The whole way: definitions as people wrote them, through catalog, snapshot and plan.

Every tree of the samples with the platform the reference was given, in each environment.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import pytest

from openchoreo.catalog import read_yaml, survey
from openchoreo.config import StackConfig
from openchoreo.plan import OfflineInputs, render_offline, scope_of
from openchoreo.rendering import Rendered
from tests.differential.cases import EVERY_DIFFERENCE, Case, cases, documents, samples
from tests.differential.comparison import differences

EQUAL_AT_LEAST = 136
"""Raised when more become equal, never lowered."""

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


@cache
def trees() -> dict[str, dict]:
    return json.loads((samples() / "expected" / "index.json").read_text())


def platform_documents(tree: str) -> list[dict]:
    """What the tree lacks; namespaced objects go into every namespace that has components."""
    folders = trees()[tree]
    own = [one for folder in folders["inputs"] for one in documents(samples() / folder)]
    taken = {key(one) for one in own}
    homes = {
        one["metadata"].get("namespace", "default")
        for one in own
        if one["kind"] in {"Component", "Project", "ReleaseBinding"}
    }
    filled = []
    for folder in folders["platform"]:
        for one in documents(samples() / folder):
            namespaced = "namespace" in one["metadata"]
            for home in sorted(homes) if namespaced else [""]:
                metadata = {**one["metadata"], **({"namespace": home} if namespaced else {})}
                made = {**one, "metadata": metadata}
                if key(made) not in taken:
                    taken.add(key(made))
                    filled.append(made)
    return filled


def key(document: dict) -> tuple[str, str, str]:
    metadata = document["metadata"]
    cluster = document["kind"].startswith("Cluster")
    home = "" if cluster else metadata.get("namespace", "default")
    return document["kind"], home, metadata["name"]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """(tree, environment) -> what our program makes of it."""
    results = {}

    def render(tree: str, environment: str):
        if tree not in results:
            folder = tmp_path_factory.mktemp(tree)
            lines = (f"---\n{json.dumps(one)}\n" for one in platform_documents(tree))
            (folder / "platform.yaml").write_text("".join(lines))
            paths = [samples() / one for one in trees()[tree]["inputs"]]
            results[tree] = survey([*paths, folder], relaxed=EVERY_DIFFERENCE).catalog
        if (tree, environment) not in results:
            scope = scope_of(results[tree], StackConfig(environment=environment))
            results[tree, environment] = render_offline(
                OfflineInputs(
                    scope=scope, bindings={}, relaxed=EVERY_DIFFERENCE, read_yaml=read_yaml
                )
            )
        return results[tree, environment]

    return render


def verdict(case: Case, rendered) -> tuple[str, list[str]]:
    expected = case.expected
    if not expected["environment"]:
        return "no environment", []
    offline = rendered(case.tree, expected["environment"])
    place = (expected["namespace"], expected["component"])
    found = [
        one
        for one in offline.resources
        if one.chain == "component" and (one.namespace, one.component) == place
    ]
    if expected["error"]:
        return ("refused by both", []) if not found else ("rendered by us alone", [])
    if not found:
        return "refused by us alone", [str(one) for one in offline.problems][:3]
    if ("pinned" in expected) != (found[0].release_from == "pin"):
        return "another release", []
    if dependencies(case).get("resources") and not expected.get("pendingResourceDependencies"):
        return "needs Resources", []
    wanted = {**expected, "endpoints": [], "metadata": None}
    unequal = differences(wanted, Rendered(found[0].manifests))
    return ("different" if unequal else "equal"), unequal


def dependencies(case: Case) -> dict:
    return case.release["workload"].get("dependencies") or {}


def test_every_tree_renders_as_with_the_reference(rendered, capsys):
    verdicts = {str(case): verdict(case, rendered) for case in cases()}
    counts = Counter(word for word, _ in verdicts.values())
    with capsys.disabled():
        print(f"\ndifferential: definitions: {dict(sorted(counts.items()))}")
    bad = {
        name: [word, *lines]
        for name, (word, lines) in verdicts.items()
        if word in {"different", "refused by us alone", "rendered by us alone"}
    }
    assert not bad, "\n".join(f"{name}: {line}" for name, lines in bad.items() for line in lines)
    assert counts["equal"] >= EQUAL_AT_LEAST
