"""Sequences of changes, deployments, refusals and failures: the engine against the plan.

Each run happens twice, on the real engine and without one (tests/plan/world.py). Both must refuse the
same, in the same words, record the same, and the files on disk must be the planned objects.
"""

from __future__ import annotations

import json
import random
import shutil
from contextlib import contextmanager

import pytest

from openchoreo.errors import OpenChoreoError, describe
from openchoreo.provider.identity import identity_of
from openchoreo.provider.yaml_text import yaml_bytes
from openchoreo.workspace.stack_files import placed_in_stack_file
from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    endpoint,
    environment,
    needs,
    pipeline,
    project,
)
from tests.plan.world import World, planned_objects

pytestmark = [pytest.mark.engine, pytest.mark.long]

STACKS = ("development", "qa", "staging", "production")
PATHS = [
    ("development", "qa"),
    ("development", "staging"),
    ("qa", "production"),
    ("staging", "production"),
]
NAMES = ("greeter", "client", "teller")


class Both:
    """A repository on an engine, and the same repository planned without one."""

    def __init__(self, repository, seed):
        self.repository = repository
        self.world = World(repository.root / "definitions")
        self.world.outputs.update({World.full(stack): {} for stack in STACKS})
        self.random = random.Random(seed)
        self.config = {stack: {"bindings": {}, "removed": []} for stack in STACKS}
        self.image = dict.fromkeys(NAMES, 0)
        self.auto = dict.fromkeys(NAMES, True)
        self.gone = set()
        self.broken = set()
        self.seen = []

    def define(self):
        self.world.named.clear()
        self.world.define(data_plane(), component_type(), pipeline(PATHS))
        self.world.define(*(environment(stack) for stack in STACKS))
        self.world.define(project("shop"), project("bank"))
        for name in set(NAMES) - self.gone:
            self.world.define(*self.component(name))

    def component(self, name):
        wanted = [needs("greeter")] if name == "client" else []
        of, workload = component(
            name,
            of="bank" if name == "teller" else "shop",
            auto=self.auto[name],
            image=f"{name}:{self.image[name]}",
            needs=wanted,
            endpoints={"http": endpoint()} if name == "greeter" else None,
        )
        if name in self.broken:
            workload = {**workload, "spec": {**workload["spec"], "container": {"imagee": "x"}}}
        return of, workload

    def binding(self, stack, name):
        return self.config[stack]["bindings"].setdefault(name, {})

    # What people do.

    def change(self):
        self.image[self.random.choice(NAMES)] += 1

    def promote(self):
        """Everything that an environment before this one runs."""
        stack = self.random.choice(STACKS[1:])
        source = self.random.choice([a for a, b in PATHS if b == stack])
        for key, release in (
            self.world.outputs.get(World.full(source), {}).get("summary", {}).items()
        ):
            if "undeployed" not in release:
                self.binding(stack, key.partition("/")[2])["releaseName"] = release

    def pin_to_anything(self):
        stack, name = self.random.choice(STACKS), self.random.choice(NAMES)
        known = [entry["name"] for other in STACKS for entry in self.history(other, name)]
        if known:
            self.binding(stack, name)["releaseName"] = self.random.choice(known)

    def misspell(self):
        stack, name = self.random.choice(STACKS), self.random.choice(NAMES)
        binding = self.binding(stack, name)
        if "releaseName" in binding:
            binding["releaseName"] += "x"

    def lift(self):
        stack, name = self.random.choice(STACKS), self.random.choice(NAMES)
        self.config[stack]["bindings"].pop(name, None)

    def hold(self):
        self.binding(self.random.choice(STACKS), self.random.choice(NAMES))["hold"] = True

    def undeploy(self):
        self.binding(self.random.choice(STACKS), self.random.choice(NAMES))["state"] = "Undeploy"

    def redeploy(self):
        for stack in STACKS:
            for binding in self.config[stack]["bindings"].values():
                binding.pop("state", None)

    def switch(self):
        name = self.random.choice(NAMES)
        self.auto[name] = not self.auto[name]

    def override(self):
        value = self.random.choice([1, 2, 3, "many"])
        binding = self.binding(self.random.choice(STACKS), self.random.choice(NAMES))
        binding["componentTypeEnvironmentConfigs"] = {"replicas": value}

    def mend(self):
        """Takes back what only makes refusals."""
        self.broken.clear()
        self.gone.clear()
        for stack in STACKS:
            self.config[stack]["removed"] = []
            for name, binding in self.config[stack]["bindings"].items():
                binding.pop("componentTypeEnvironmentConfigs", None)
                history = self.history(stack, name)
                if history:
                    binding["releaseName"] = history[0]["name"]

    def break_a_definition(self):
        self.broken.add(self.random.choice(NAMES))

    def remove(self):
        name = self.random.choice(NAMES)
        self.gone.add(name)
        for stack in self.random.sample(STACKS, 2):
            self.config[stack]["removed"] = [f"default/{name}"]
            self.config[stack]["bindings"].pop(name, None)

    def isolate(self):
        stack = self.random.choice(STACKS)
        mode = self.config[stack].get("onProblem", "stop")
        self.config[stack]["onProblem"] = "stop" if mode == "isolate" else "isolate"

    def history(self, stack, name):
        outputs = self.world.outputs[World.full(stack)]
        return records(outputs["pipeline"]).get(f"default/{name}", []) if outputs else []

    # Running it.

    def step(self):
        actions = [
            self.change,
            self.change,
            self.promote,
            self.promote,
            self.promote,
            self.pin_to_anything,
            self.misspell,
            self.lift,
            self.hold,
            self.undeploy,
            self.redeploy,
            self.switch,
            self.override,
            self.mend,
            self.mend,
            self.break_a_definition,
            self.remove,
            self.isolate,
        ]
        stuck = self.seen[-1:] == ["refused"] and self.random.random() < 0.6
        action = self.mend if stuck else self.random.choice(actions)
        action()
        self.define()
        stack = self.random.choice(STACKS)
        failing = self.random.choice(NAMES) if self.random.random() < 0.15 else ""
        self.run(stack, failing)

    def run(self, stack, failing=""):
        config = {key: value for key, value in self.config[stack].items() if value}
        before = self.ledger(stack)
        self.write_config(stack, config)
        plan, refused = self.planned(stack, config)
        with self.blocked(plan, failing):
            done = self.repository.up(stack, "--continue-on-error")
        if refused:
            assert done.code != 0
            assert unindented(refused) in unindented(done.text)
            assert self.ledger(stack) == before
            self.seen.append("refused")
            return
        failed = {one.key for one in plan.components if one.name == failing and failing}
        self.world.deploy(stack, failing=failed, **config)
        assert (done.code == 0) == (not failed and not plan.problems), done.text
        told = describe(placed_in_stack_file(plan.problems, stack))
        assert unindented(told) in unindented(done.text)
        assert self.ledger(stack) == records(self.world.outputs[World.full(stack)]["pipeline"])
        if not failed:
            self.compare_files(stack, plan)
        self.seen.append("failed" if failed else "isolated" if plan.problems else "deployed")

    def planned(self, stack, config):
        try:
            return self.world.plan(stack, **config), ""
        except OpenChoreoError as error:
            return None, describe(placed_in_stack_file(error.problems, stack))

    def write_config(self, stack, config):
        file = self.repository.root / f"Pulumi.{stack}.yaml"
        salt = file.read_text().partition("\n")[0]
        values = "".join(
            f"  openchoreo:{key}: {json.dumps(value)}\n" for key, value in config.items()
        )
        file.write_text(f"{salt}\nconfig:\n{values}" if values else f"{salt}\n")

    @contextmanager
    def blocked(self, plan, failing):
        """The file of a component's Deployment cannot be written."""
        paths = [
            self.path(plan, planned)
            for one in (plan.components if plan and failing else ())
            for planned in one.objects
            if one.name == failing and planned.manifest["kind"] == "Deployment"
        ]
        kept = {path: path.read_bytes() for path in paths if path.is_file()}
        for path in paths:
            path.unlink(missing_ok=True)
            path.mkdir(parents=True)
            (path / "in-the-way").write_text("")
        yield
        for path in paths:
            shutil.rmtree(path)
            if path in kept:
                path.write_bytes(kept[path])

    def path(self, plan, planned):
        directory = next(plane.directory for plane in plan.planes if plane.name == planned.plane)
        return self.repository.root / directory / identity_of(planned.manifest).file

    def compare_files(self, stack, plan):
        expected = {
            self.path(plan, planned): yaml_bytes(planned.manifest)
            for planned in planned_objects(plan)
        }
        found = (self.repository.root / "manifests" / stack).rglob("*.yaml")
        assert {path: path.read_bytes() for path in found} == expected

    def ledger(self, stack):
        outputs = self.repository.outputs(stack)
        return records(outputs["pipeline"]) if "pipeline" in outputs else None


def unindented(text):
    return "\n".join(line.strip() for line in text.splitlines())


def records(text):
    """The histories of a ledger, without what differs between two runs of the same."""

    def entry(one):
        evidence = [
            {key: value for key, value in each.items() if key not in {"since", "lineage"}}
            for each in one.get("upstream", [])
        ]
        kept = {key: value for key, value in one.items() if key not in {"since", "by"}}
        return {**kept, "upstream": evidence}

    components = json.loads(text).get("components", {})
    return {key: [entry(one) for one in record["history"]] for key, record in components.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_engine_does_what_the_plan_says(new_repository, tmp_path, monkeypatch, seed):
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    repository = new_repository(tmp_path / "repository", definitions, "shop")
    assert repository.pulumi("stack", "init", "qa").code == 0
    monkeypatch.chdir(repository.root)  # so that both name files in the same way
    both = Both(repository, seed)
    both.define()
    both.run("development")
    for _ in range(25):
        both.step()
    print(seed, sorted((what, both.seen.count(what)) for what in set(both.seen)))
    assert {"deployed", "refused"} <= set(both.seen)
