"""Every project of the samples, rendered as OpenChoreo's own renderer does."""

from __future__ import annotations

from collections import Counter

import pytest

from openchoreo.rendering import ProjectInput, render_project
from tests.differential.cases import EVERY_DIFFERENCE, Case, cases, data_plane, resources, samples
from tests.differential.comparison import differences

EQUAL_AT_LEAST = 138
"""Raised when more become equal, never lowered."""

ALL = cases("project")

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


def project_input(case: Case) -> ProjectInput:
    expected = case.expected
    metadata, namespace, tree = expected["metadata"], expected["namespace"], case.tree
    found = resources(tree, namespace)
    environment = found["Environment", expected["environment"]]
    project = found["Project", expected["project"]]
    reference = project.spec.type
    spec = found[reference.kind, reference.name].spec.document()
    frozen = {"kind": reference.kind, "name": reference.name, "spec": spec}
    binding = found.get(("ProjectReleaseBinding", expected["name"]))
    return ProjectInput(
        namespace=namespace,
        project=expected["project"],
        environment=expected["environment"],
        project_uid=metadata["projectUID"],
        environment_uid=metadata["environmentUID"],
        data_plane_uid=metadata["dataPlaneUID"],
        release={"projectType": frozen, "parameters": project.spec.parameters or {}},
        environment_resource=environment,
        data_plane=data_plane(tree, namespace, environment),
        environment_configs=(binding and binding.spec.environment_configs) or {},
        annotations=metadata["annotations"] or {},
        relaxed=EVERY_DIFFERENCE,
    )


def verdict(case: Case) -> tuple[str, list[str]]:
    """The reference refuses a project without a type; here it has the default one (27)."""
    if case.expected["error"]:
        return "not rendered by the reference", []
    expected = {
        **case.expected,
        "targetPlanes": ["dataplane"] * len(case.expected["resources"]),
        "metadata": {**case.expected["metadata"], "annotations": {}},
    }
    found = differences(expected, render_project(project_input(case)))
    return ("different" if found else "equal"), found


def test_every_case_is_equal(record_property):
    verdicts = {str(case): verdict(case) for case in ALL}
    counts = Counter(word for word, _ in verdicts.values())
    record_property("differential", f"projects: {dict(sorted(counts.items()))}")
    bad = {name: lines for name, (word, lines) in verdicts.items() if word == "different"}
    assert not bad, "\n".join(f"{name}: {line}" for name, lines in bad.items() for line in lines)
    assert counts["equal"] >= EQUAL_AT_LEAST
