"""How much work a run is, counted: what is done once stays so, and nothing grows unnoticed.

Time is not looked at. A number that changes here is a change of what a run costs: where it is
less, write it down; where it is more, something that was done once is done again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from bench import tree
from openchoreo.engine.registration.choice import REQUESTS, VARIABLE
from tests.counting.monitor import ROOT

SIZE, TWICE = 20, 40  # one project and two, of the same types and traits
EXPRESSIONS, TEMPLATES = 97, 60
"""Of the generated types and traits, with the variables that they can see."""

OUTPUTS = "pulumi:pulumi:readStackOutputs"
REFERENCE = "pulumi:pulumi:StackReference"
INDEX = "openchoreo:index:"


@dataclass(frozen=True)
class Stack:
    """A folder with definitions of some components, and the program run there."""

    folder: Path
    size: int

    @cached_property
    def first(self):
        return self._run("development", {})

    @cached_property
    def again(self):
        """Nothing has changed since."""
        return self._run("development", self._deployed)

    @cached_property
    def promoted(self):
        """All of it, to the next environment."""
        summary = self.first["outputs"]["summary"]
        pins = {key.rpartition("/")[2]: {"releaseName": name} for key, name in summary.items()}
        return self._run("staging", self._deployed, {"openchoreo:bindings": json.dumps(pins)})

    @property
    def definitions(self):
        """Path -> text."""
        files = (self.folder / "definitions").rglob("*.yaml")
        return {str(file.relative_to(self.folder)): file.read_text("utf-8") for file in files}

    @property
    def services(self):
        return [tree.Service(number) for number in range(self.size)]

    @property
    def projects(self):
        return {one.project for one in self.services}

    @property
    def _deployed(self):
        return {full("development"): self.first["outputs"]}

    def _run(self, stack, stacks, config=None):
        asked = {"stack": stack, "stacks": stacks, "config": config or {}}
        (self.folder / "run.json").write_text(json.dumps(asked))
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tests.counting.program", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            # What is counted are requests: resources of the SDK's classes cost more, and log.
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), VARIABLE: REQUESTS},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


PARTS = frozenset({f"{INDEX}ComponentRelease", f"{INDEX}ReleaseBinding"})


def full(stack):
    return f"organization/shop/{stack}"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory):
    """By the number of their components."""
    found = {}
    for size in (SIZE, TWICE):
        folder = tmp_path_factory.mktemp(f"work-{size}")
        tree.write(folder / "definitions", size)
        found[size] = Stack(folder, size)
    return found


@pytest.fixture(params=[SIZE, TWICE])
def stack(stacks, request):
    return stacks[request.param]


def check(what, found, expected):
    """Says what grew, and what is less."""
    differ = [key for key in {**expected, **found} if found.get(key, 0) != expected.get(key, 0)]
    told = [f"{key}: {found.get(key, 0)} instead of {expected.get(key, 0)}" for key in differ]
    if told:
        pytest.fail(f"{what}: {len(told)} not as often as expected\n" + "\n".join(told[:10]))


def once(names):
    return dict.fromkeys(names, 1)


def counted(rows):
    return {" ".join(key): count for *key, count in rows}


def test_what_is_not_as_expected_is_told():
    with pytest.raises(pytest.fail.Exception) as raised:
        check("files read", {"a": 2, "b": 1}, {"b": 1, "c": 3})
    assert str(raised.value) == (
        "files read: 2 not as often as expected\nc: 0 instead of 3\na: 2 instead of 0"
    )


@pytest.mark.parametrize("run", ["first", "again", "promoted"])
def test_every_expression_is_compiled_once(stacks, run):
    found = getattr(stacks[SIZE], run)["compiled"]
    check("expressions compiled", found, once(found))


@pytest.mark.parametrize("run", ["first", "again", "promoted"])
def test_types_and_traits_are_compiled_once(stacks, run):
    check_compiled(getattr(stacks[SIZE], run))


def test_more_components_of_the_same_types_compile_no_more(stacks):
    check_compiled(stacks[TWICE].first)


def check_compiled(run):
    """Some templates are in several types in the same words."""
    found = {what: sum(run[what].values()) for what in ("compiled", "templates")}
    check("compilations", found, {"compiled": EXPRESSIONS, "templates": TEMPLATES})


def test_every_file_is_opened_and_parsed_once(stack):
    paths = {text: path for path, text in stack.definitions.items()}
    parsed = {paths.get(text, text): count for text, count in stack.first["parsed"].items()}
    check("texts parsed as YAML", parsed, once(stack.definitions))
    # Its pins are looked for, since a first deployment records releases.
    opened = [*stack.definitions, "Pulumi.staging.yaml"]
    check("YAML files opened", stack.first["opened"], once(opened))


def test_a_run_without_changes_opens_and_parses_nothing_else(stacks):
    stack = stacks[SIZE]
    assert stack.again["parsed"] == stack.first["parsed"]
    check("YAML files opened", stack.again["opened"], once(stack.definitions))


@pytest.mark.parametrize("run", ["first", "again", "promoted"])
def test_a_component_is_rendered_once_or_twice_where_it_is_called_and_calls(stacks, run):
    """Its endpoints are wanted before its own connections are known."""
    stack = stacks[SIZE]
    called = {other.name for one in stack.services for other in one.calls}
    expected = {
        one.name: 2 if one.name in called and one.calls else 1 for one in stack.services
    } | once(stack.projects)
    assert Counter(expected.values()) == {1: 16, 2: 5}
    check("renderings", getattr(stack, run)["rendered"], expected)


def test_twice_the_components_are_twice_the_renderings(stacks):
    few, many = (sum(one.first["rendered"].values()) for one in stacks.values())
    assert (few, many) == (26, 52)


def test_every_resource_is_registered_once(stack):
    for run in (stack.first, stack.again):
        check("registrations", counted(run["registered"]), once(counted(run["registered"])))


def test_a_component_is_three_resources_and_one_for_each_object(stack):
    """So is a project, with its namespace; stack, provider and environment come besides."""
    types = Counter(type_ for type_, _, _ in stack.first["registered"])
    size, projects = stack.size, len(stack.projects)
    objects = {type_: n for type_, n in types.items() if type_.startswith("openchoreo-files:")}
    assert sum(objects.values()) == 4 * size + projects
    check(
        "resources",
        {type_: n for type_, n in types.items() if type_ not in objects},
        {
            ROOT: 1,
            "pulumi:providers:openchoreo-files": 1,
            f"{INDEX}Environment": 1,
            f"{INDEX}Project": projects,
            f"{INDEX}ProjectRelease": projects,
            f"{INDEX}ProjectReleaseBinding": projects,
            f"{INDEX}Component": size,
            f"{INDEX}ComponentRelease": size,
            f"{INDEX}ReleaseBinding": size,
        },
    )


def test_every_component_resource_is_finished_once(stack):
    """Objects have no outputs but those that their provider gives; of what runs already, only the
    component itself is told.
    """
    for run, parts in ((stack.first, PARTS), (stack.again, frozenset())):
        urns = {
            f"urn:pulumi:here::shop::{type_}::{name}"
            for type_, name, _ in run["registered"]
            if type_ == ROOT or type_.startswith(INDEX)
        }
        assert len(urns) == 3 * stack.size + 3 * len(stack.projects) + 2
        told = {urn for urn in urns if urn.split("::")[2] not in PARTS - parts}
        check("outputs registered", run["finished"], once(told))


@pytest.mark.parametrize(
    ("run", "finished", "invokes", "references"),
    [("first", 3, 2, 0), ("again", 1, 1, 0), ("promoted", 3, 3, 1)],
)
def test_the_engine_is_asked_nothing_else(stacks, run, finished, invokes, references):
    check(
        "requests",
        getattr(stacks[SIZE], run)["requests"],
        {
            "GetDeploymentInfo": 1,
            "RegisterResource": 7 * SIZE + 4 + 3,
            "RegisterResourceOutputs": finished * SIZE + 3 + 2,
            "SignalAndWaitForShutdown": 1,
            "Invoke": invokes,
            "ReadResource": references,
        },
    )


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        # What changes the releases that are kept looks at what the next environment needs.
        ("first", {f"{OUTPUTS} {full('development')}", f"{OUTPUTS} {full('staging')}"}),
        ("again", {f"{OUTPUTS} {full('development')}"}),
        (
            "promoted",
            {
                f"{OUTPUTS} {full('staging')}",
                f"{OUTPUTS} {full('development')}",
                f"{REFERENCE} {full('development')}",
                f"{OUTPUTS} {full('production')}",
            },
        ),
    ],
)
def test_outputs_of_a_stack_are_read_once(stacks, run, expected):
    """Of this one and of those before it; a promotion shows those as a reference as well."""
    check("states read", counted(getattr(stacks[SIZE], run)["reads"]), once(expected))


@pytest.mark.parametrize("run", ["again", "promoted"])
def test_a_ledger_and_its_releases_are_parsed_once(stacks, run):
    found, expected = getattr(stacks[SIZE], run), once([f"Stack {full('development')}"])
    check("ledgers parsed", found["ledgers"], expected)
    check("stores of releases parsed", found["stores"], expected)


def test_a_run_without_changes_writes_the_same(stacks):
    """What is counted is such a run."""
    stack = stacks[SIZE]
    assert stack.again["outputs"] == stack.first["outputs"]
