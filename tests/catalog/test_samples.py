"""Public OpenChoreo repositories, and what the reference makes of YAML."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import pytest

from openchoreo.catalog import load, survey
from openchoreo.catalog.files import find
from openchoreo.catalog.syntax import UnreadableError
from openchoreo.catalog.yaml_reader import Reader
from openchoreo.errors import Problem, describe
from openchoreo.model import KINDS, read

if TYPE_CHECKING:
    from pathlib import Path

TREES = ("openchoreo", "platform", "sample-gitops", "community-modules")
NOT_ADMITTED = {
    # What the API server refuses as well.
    ("Component default/mi-data-service", "spec.componentType.name"),
    ("Workload default/mi-data-service", "spec.container.image"),
}


def sources(samples: Path) -> list[Path]:
    found, problems = find([samples / tree for tree in TREES])
    assert problems == []
    assert len(found) > 150
    return found


def dotted(problem: Problem) -> tuple[str, str]:
    return problem.resource, ".".join(map(str, problem.path))


def test_every_file_is_read_or_refused_for_a_known_reason(samples):
    """Each file alone, since the trees define some resources in several ways."""
    refused, helm, warned = [], 0, []
    for file in sources(samples):
        found = survey([file])
        templates = [p for p in found.problems if p.message.startswith("is a Helm template")]
        helm += len(templates)
        refused += [p for p in found.problems if p not in templates]
        warned += [w for w in found.catalog.warnings if not w.message.startswith("there is no ")]
    print(f"\nstrict reading refuses {len(refused)}, and {helm} Helm templates:")
    print(describe(refused))
    print(f"and warns of {len(warned)}:")
    print(describe(warned))
    assert {dotted(problem) for problem in refused} == NOT_ADMITTED
    assert {dotted(warning) for warning in warned} == {("Project default/doclet", "spec.type")}
    assert helm == 8


def test_relaxed_reading_prunes_and_refuses_no_more(samples):
    refused = [
        problem
        for file in sources(samples)
        for problem in survey([file], relaxed=frozenset({10, 26})).problems
        if not problem.message.startswith("is a Helm template")
    ]
    assert {dotted(problem) for problem in refused} == NOT_ADMITTED


@pytest.mark.parametrize(
    "paths",
    [
        ("platform/getting-started", "platform/dataplane", "openchoreo/from-image/go-greeter-service"),
        ("platform/getting-started", "platform/dataplane", "openchoreo/gcp-microservices-demo"),
        ("openchoreo/getting-started", "platform/dataplane", "openchoreo/from-image/doclet"),
        ("platform/community", "platform/dataplane", "community-modules/autoscaling-keda"),
    ],
    ids=lambda paths: paths[-1],
)  # fmt: skip
def test_the_components_of_a_tree_can_be_released(samples, paths):
    catalog = load([samples / path for path in paths])
    assert catalog.components
    problems = [p for c in catalog.components for p in catalog.component_problems(c)]
    assert describe(problems) == ""


def test_what_is_written_back_reads_as_the_same_spec(samples):
    count = 0
    for file in sources(samples):
        for resource in survey([file]).catalog.resources.values():
            assert "spec" in KINDS[resource.kind].model_fields
            spec = resource.spec  # pyright: ignore[reportAttributeAccessIssue]
            assert read(type(spec), spec.document()) == (spec, ())
            count += 1
    assert count > 200


def test_yaml_is_read_as_the_reference_reads_it(samples):
    lines = (samples / "oracle" / "yaml.txt").read_text().splitlines()
    differences = [line for line in lines if not _same(*line.split(" => ", 1))]
    # Go's YAML takes the last of two equal keys; here they are refused.
    assert differences == [r'"a: 1\na: 2" => {"a":2} (<nil>)']
    assert len(lines) >= 80


def _same(source: str, result: str) -> bool:
    try:
        [document] = Reader(json.loads(source).encode()).documents()
    except UnreadableError:
        return result.startswith("ERROR")
    if document.flaws or result.startswith("ERROR"):
        return bool(document.flaws) and result.startswith("ERROR")
    expected = json.loads(result.removesuffix(" (<nil>)"), parse_int=_integer)
    return _kinds(expected) == _kinds(document.value) and expected == document.value


def _integer(digits: str) -> int | float:
    """Beyond 64 bits, Kubernetes' reader of JSON takes a double."""
    return int(digits) if abs(int(digits)) < 2**63 else float(digits)


def _kinds(value: object) -> object:
    """The shape of a value, which tells 1 from true."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _kinds(entry) for key, entry in entries.items()}
    if isinstance(value, list):
        return [_kinds(item) for item in cast("list[object]", value)]
    return type(value)


def test_problems_come_in_the_order_of_the_files(samples):
    files = [problem.file for problem in survey([samples / "community-modules"]).problems]
    assert all(one <= other for one, other in pairwise(files))
