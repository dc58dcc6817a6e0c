"""What `openchoreo diff` foresees is what the engine's preview says and what its update does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.engine.conftest import WEATHER, Repository

pytestmark = pytest.mark.engine

Objects = dict[tuple[str, str], str]
"""Type and name of an object -> what is done to it."""

FORECAST = f"{WEATHER}/components/forecast"
SERVICE = "definitions/platform/component-types/service.yaml"
PLANE = "definitions/platform/data-planes/default.yaml"


def foreseen(repository: Repository, *arguments: str) -> Objects:
    done = repository.openchoreo("diff", *arguments, "-o", "json")
    assert done.code == 0, done.text
    found = json.loads(done.stdout)
    return {
        (f"{one['apiVersion']} {one['kind']}", f"{one['dataPlane']}/{one['name']}"): one[
            "operation"
        ]
        for one in (*found["changes"], *found["others"])
    }


def previewed(repository: Repository, stack: str) -> Objects:
    done = repository.preview(stack, "--json")
    assert done.code == 0, done.text
    found: Objects = {}
    for step in json.loads(done.stdout)["steps"]:
        state = step.get("newState") or step.get("oldState")
        if step["op"] != "same" and state["type"].startswith("openchoreo-files:"):
            found[_key(state)] = _plain(step["op"], found.get(_key(state)))
    return found


def _plain(op: str, before: str | None) -> str:
    """A replacement is told as three steps."""
    return "replace" if "replace" in op or before == "replace" else op


def _key(state: dict) -> tuple[str, str]:
    inputs = state["inputs"]
    return f"{inputs['apiVersion']} {inputs['kind']}", state["urn"].rpartition("::")[2]


def stored(repository: Repository, stack: str) -> dict[tuple[str, str], dict]:
    resources = repository.resources(stack)
    return {_key(one): one for one in resources if one["type"].startswith("openchoreo-files:")}


def happened(before: dict, after: dict) -> Objects:
    """What an update has done, by what the state says of each object."""
    found: Objects = {}
    for key in {*before, *after}:
        if key not in before:
            found[key] = "create"
        elif key not in after:
            found[key] = "delete"
        elif before[key]["created"] != after[key]["created"]:
            found[key] = "replace"
        elif before[key]["inputs"] != after[key]["inputs"]:
            found[key] = "update"
    return found


@dataclass(frozen=True)
class Case:
    """Something somebody does, and what is to happen to how many objects of the stack."""

    name: str
    stack: str
    do: Callable[[Repository], None]
    expected: dict[str, int]


def said(key: str, value: str) -> Callable[[Repository], None]:
    return lambda repository: repository.set("staging", f"bindings.{key}", value)


def edit(path: str, old: str, new: str) -> Callable[[Repository], None]:
    return lambda repository: repository.edit(path, old, new)


def pinned(stack: str, *, source: str) -> Callable[[Repository], None]:
    return lambda repository: repository.pin(stack, source=source)


def removed(repository: Repository) -> None:
    for file in (repository.root / WEATHER / "components/dashboard").iterdir():
        file.unlink()
    repository.set("development", "removed[0]", "default/dashboard")


def another_object(repository: Repository) -> None:
    """A type that makes one object more."""
    repository.edit(
        SERVICE,
        "  resources:\n    - id: deployment\n",
        "  resources:\n"
        "    - id: account\n"
        "      template:\n"
        "        apiVersion: v1\n"
        "        kind: ServiceAccount\n"
        "        metadata:\n"
        "          name: ${metadata.name}\n"
        "          namespace: ${metadata.namespace}\n"
        "    - id: deployment\n",
    )


def first_release(repository: Repository) -> None:
    history = repository.ledger("staging")["components"]["default/forecast"]["history"]
    repository.set("staging", "bindings.forecast.releaseName", history[-1]["name"])


CASES = [
    Case("nothing", "development", lambda _: None, {}),
    Case("first promotion", "staging", pinned("staging", source="development"), {"create": 11}),
    Case("another image", "development", lambda r: r.set_image("forecast", "next"), {"update": 1}),
    Case("promotion of it", "staging", pinned("staging", source="development"), {"update": 1}),
    Case(
        "an override",
        "staging",
        said("forecast.componentTypeEnvironmentConfigs.replicas", "5"),
        {"update": 1},
    ),
    Case("one object more", "development", another_object, {"create": 1, "update": 1}),
    Case(
        "that, promoted",
        "staging",
        pinned("staging", source="development"),
        {"create": 1, "update": 1},
    ),
    Case("back to the first", "staging", first_release, {"update": 1, "delete": 1}),
    Case("undeployed", "staging", said("dashboard.state", "Undeploy"), {"delete": 5}),
    Case("and deployed", "staging", said("dashboard.state", "Active"), {"create": 5}),
    Case(
        "another directory",
        "staging",
        lambda r: r.set("staging", "dataPlanes.default.directory", "elsewhere"),
        {"replace": 11},
    ),
    Case("another host", "development", edit(PLANE, "apps.localhost", "apps.test"), {"update": 4}),
    Case("no longer defined", "development", removed, {"delete": 5}),
]


@pytest.mark.long
def test_the_engine_does_what_was_foreseen(repository: Repository) -> None:
    for case in CASES:
        case.do(repository)
        seen = foreseen(repository, "--env", case.stack)
        said = previewed(repository, case.stack)
        before = stored(repository, case.stack)
        repository.deployed(case.stack)
        done = happened(before, stored(repository, case.stack))
        assert seen == said == done, case.name
        counts = {op: list(seen.values()).count(op) for op in sorted({*seen.values()})}
        assert counts == case.expected, case.name
        assert foreseen(repository, "--env", case.stack) == {}, case.name


def test_a_promotion_that_is_only_thought_of(repository: Repository) -> None:
    """What `--to` shows without a pin is what happens once there is one."""
    seen = foreseen(repository, "--to", "staging")
    done = repository.openchoreo("promote", "--to", "staging", "--apply", "--yes", "-o", "json")
    assert done.code == 0, done.text
    assert dict.fromkeys(stored(repository, "staging"), "create") == seen
    assert len(seen) == 11
    assert foreseen(repository, "--to", "staging") == {}


@pytest.mark.long
def test_a_run_that_was_not_reviewed_is_refused(repository: Repository) -> None:
    done = repository.openchoreo("plan", "--env", "development", "--save")
    digest = done.stdout.splitlines()[0]
    repository.set("development", "expect", digest)
    repository.deployed("development", "--expect-no-changes")
    repository.set_image("forecast", "next")
    for refused in (repository.preview("development"), repository.up("development")):
        assert refused.code != 0
        assert f"{digest} was reviewed, and this run is sha256:" in refused.text
        assert "releases: default/forecast differs" in refused.text
        assert "Pulumi.development.yaml:" in refused.text
    again = repository.openchoreo("plan", "--env", "development").stdout.splitlines()
    assert again[0] != digest
