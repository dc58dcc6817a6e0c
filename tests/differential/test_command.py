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

from openchoreo.catalog.yaml_reader import Reader
from openchoreo.cli import main
from tests.differential.cases import Case, cases, samples
from tests.differential.comparison import manifest_differences

EQUAL_AT_LEAST = 136
"""Raised when more become equal, never lowered."""

REFUSED_WHEN_READ = {"load"}
"""What the API server would not admit either."""

OWNERS = {"Component", "Project", "ReleaseBinding"}

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


def documents(folder: Path) -> list[dict]:
    """OpenChoreo's resources below a folder, in the order of the files."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return [
        document.value
        for file in files
        for document in Reader(file.read_bytes()).documents()
        if isinstance(document.value, dict)
        and str(document.value.get("apiVersion", "")).startswith("openchoreo.dev/")
        and "kind" in document.value
    ]


def merged(tree: str) -> list[dict]:
    """A tree with what it lacks from its platform folders, in every namespace that needs it."""
    root = samples()
    folders = json.loads((root / "expected" / "index.json").read_text())[tree]
    found = [one for folder in folders["inputs"] for one in documents(root / folder)]
    namespaces = {namespace(one) for one in found if one["kind"] in OWNERS}
    known = {key(one) for one in found}
    for folder in folders["platform"]:
        for one in documents(root / folder):
            for home in [""] if one["kind"].startswith("Cluster") else sorted(namespaces):
                metadata = {**one["metadata"], **({"namespace": home} if home else {})}
                placed = {**one, "metadata": metadata}
                if key(placed) not in known:
                    known.add(key(placed))
                    found.append(placed)
    return found


def namespace(document: dict) -> str:
    return document["metadata"].get("namespace", "default")


def key(document: dict) -> tuple[str, str, str]:
    scope = "" if document["kind"].startswith("Cluster") else namespace(document)
    return document["kind"], scope, document["metadata"]["name"]


def rendered(definitions: Path, environment: str) -> tuple[dict, list[dict]]:
    arguments = ["--definitions", str(definitions), "--environment", environment, "--lenient"]
    done = CliRunner().invoke(main, ["render", *arguments, "--format", "json"])
    assert done.exit_code in {0, 1}, done.output
    problems = json.loads(done.stderr) if done.exit_code else []
    resources = json.loads(done.stdout) if done.stdout else []
    return {
        (one["namespace"], one["component"] or one["project"], one["chain"]): one
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


def needs_resources(case: Case) -> bool:
    """Whether the reference had outputs of Resources; pending ones it leaves out, as we do."""
    workload = (case.release or {}).get("workload", {})
    named = {one["ref"] for one in (workload.get("dependencies") or {}).get("resources") or ()}
    pending = case.expected.get("pendingResourceDependencies") or ()
    return bool(named - {one["resourceName"] for one in pending})


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
