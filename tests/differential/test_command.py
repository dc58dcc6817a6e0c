"""`openchoreo render` on whole trees of samples, compared with OpenChoreo's own results.

Everything between the files and the manifests is ours here: reading, snapshots, bindings,
connections and rendering.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from openchoreo.cli import main
from tests.differential.cases import Case, cases, samples
from tests.differential.comparison import manifest_differences
from tests.differential.trees import merged

EQUAL_AT_LEAST = 139
"""Raised when more become equal, never lowered."""

REFUSED_WHEN_READ = {"load"}
"""What the API server would not admit either."""

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


def rendered(definitions: Path, environment: str) -> tuple[dict, list[dict]]:
    arguments = ["--definitions", str(definitions), "--environment", environment, "--lenient"]
    done = CliRunner().invoke(main, ["render", *arguments, "--format", "json"])
    assert done.exit_code in {0, 1}, done.output
    problems = json.loads(done.stderr) if done.exit_code else []
    resources = json.loads(done.stdout) if done.stdout else []
    return {
        (one["namespace"], one["component"] or one["resource"] or one["project"], one["chain"]): one
        for one in resources
    }, problems


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """(tree, environment) -> what the command prints."""
    wanted = {(case.tree, environment_of(case)) for case in cases()}
    folders: dict[str, Path] = {}
    found = {}
    for tree, environment in sorted(wanted):
        if tree not in folders:
            folders[tree] = tmp_path_factory.mktemp(tree)
            for number, document in enumerate(merged(tree)):
                (folders[tree] / f"{number:04}.json").write_text(json.dumps(document))
        found[tree, environment] = rendered(folders[tree], environment)
    return found


def environment_of(case: Case) -> str:
    """A component that is no component at all has none; any will do to see it refused."""
    return case.expected["environment"] or "development"


def verdict(case: Case, results) -> tuple[str, list[str]]:
    expected = case.expected
    resources, problems = results[case.tree, environment_of(case)]
    found = resources.get((expected["namespace"], expected["component"], "component"))
    pinned = found is not None and found["releaseFrom"] == "pin"
    if pinned != case.file.name.endswith(".pinned.json"):
        return "rendered from a pin instead", []
    if expected["error"]:
        own = {one["stage"] for one in problems if names(one, expected["component"])}
        if REFUSED_WHEN_READ & own:
            return "refused when it is read", []
        # What a trait or a type gets wrong names the trait or the type.
        rendering = {one["stage"] for one in problems if expected["component"] in one["message"]}
        same = found is None and expected["errorStage"] in own | rendering
        return ("error at the same stage" if same else "no error"), [expected["error"]]
    if found is None:
        return "error", [str(problems)]
    differences = manifest_differences(
        expected, [(one["targetPlane"], one["manifest"]) for one in found["manifests"]]
    )
    return ("different" if differences else "equal"), differences


def names(problem: dict, component: str) -> bool:
    return problem["resource"].rpartition("/")[2] == component


def test_every_component_is_equal_or_fails_at_the_same_stage(results, record_property):
    verdicts = {str(case): verdict(case, results) for case in cases()}
    counts = Counter(word for word, _ in verdicts.values())
    record_property("differential", f"openchoreo render: {dict(sorted(counts.items()))}")
    wrong = {"different", "error", "no error"}
    bad = {name: lines for name, (word, lines) in verdicts.items() if word in wrong}
    assert not bad, "\n".join(f"{name}: {line}" for name, lines in bad.items() for line in lines)
    assert counts["equal"] >= EQUAL_AT_LEAST


def test_every_resource_is_equal(results, record_property):
    found = {}
    for case in cases("resource"):
        expected = case.expected
        resources, _ = results[case.tree, expected["environment"]]
        one = resources[expected["namespace"], expected["resource"], "resource"]
        ours = [(manifest["targetPlane"], manifest["manifest"]) for manifest in one["manifests"]]
        theirs = {**expected, "targetPlanes": ["dataplane"] * len(expected["resources"])}
        found[str(case)] = manifest_differences(theirs, ours)
    record_property("differential", f"openchoreo render, Resources: {len(found)}")
    assert found
    assert not any(found.values()), found
