"""A newer program with a newer release format, seen by whole plans: it cuts no releases by itself.

Format 2 is invented. It writes out defaults that format 1 does not know.
"""

from __future__ import annotations

import json

import pytest

from openchoreo.delivery import Snapshots
from openchoreo.delivery import release as releases
from openchoreo.delivery.release import FORMATS, Format
from openchoreo.plan import decisions
from tests.plan.definitions import component, resource
from tests.plan.world import names

STACKS = ("development", "staging", "production")
COMPONENTS = ("api", "jobs", "web")


@pytest.fixture
def everywhere(world):
    """Three components in three stacks; the release of one is a document of the repository."""
    for name in COMPONENTS:
        world.define(component(name, auto=name != "jobs"))
    world.define(imported(world))
    world.deploy(bindings=pins(jobs="jobs-november"))
    for stack in STACKS[1:]:
        world.deploy(stack, bindings=pinned_as(world, "development"))
    return world


def imported(world):
    plan = world.plan(bindings={"jobs": {"hold": True}})
    (api,) = (one.release for one in plan.components if one.name == "api")
    workload = {"container": {"image": "jobs:november"}}
    owner = {"projectName": "shop", "componentName": "jobs"}
    return resource(
        "ComponentRelease", "jobs-november", {**api.spec, "workload": workload, "owner": owner}
    )


def pins(**chosen):
    return {name: {"releaseName": release} for name, release in chosen.items()}


def pinned_as(world, stack):
    return pins(**{key.partition("/")[2]: name for key, name in world.summary(stack).items()})


def config(world, stack):
    """What stack config says; in development everything but one is deployed by itself."""
    if stack == "development":
        return pins(jobs="jobs-november")
    return pinned_as(world, stack)


@pytest.fixture
def newer(monkeypatch):
    """A program that knows format 2."""

    def install():
        one = FORMATS[1]

        def component_type(kind, spec):
            return {**one.component_type(kind, spec), "allowedTraits": [{"name": "invented"}]}

        def workload(spec):
            written = one.workload(spec)
            return {**written, "container": {**written["container"], "args": ["--invented"]}}

        def release(spec):
            written = one.release(spec)
            container = {**written["workload"]["container"], "args": ["--invented"]}
            return {**written, "workload": {**written["workload"], "container": container}}

        two = Format(2, component_type, one.trait, one.profile, workload, release)
        formats = {1: one, 2: two}
        monkeypatch.setattr(releases, "FORMATS", formats)
        monkeypatch.setattr(decisions, "Snapshots", lambda: Snapshots(formats))

    return install


def formats_of(world, stack):
    """The format of what runs, by component."""
    ledger = json.loads(world.outputs[world.full(stack)]["pipeline"])
    return {
        key.partition("/")[2]: record["history"][0]["format"]
        for key, record in ledger["components"].items()
    }


@pytest.mark.parametrize("stack", STACKS)
def test_a_newer_format_changes_no_byte_of_a_stack(everywhere, newer, stack):
    before = dict(everywhere.outputs[everywhere.full(stack)])
    assert formats_of(everywhere, stack) == dict.fromkeys(COMPONENTS, 1)
    shown = names(everywhere.plan(stack, bindings=config(everywhere, stack)))

    newer()
    plan = everywhere.deploy(stack, bindings=config(everywhere, stack))
    assert not plan.changes_releases
    assert names(plan) == shown
    assert everywhere.outputs[everywhere.full(stack)] == before


def test_only_a_component_that_changes_moves_to_the_newer_format(everywhere, newer):
    before = names(everywhere.plan(bindings=config(everywhere, "development")))
    newer()
    everywhere.define(component("web", image="app:2"))
    plan = everywhere.deploy(bindings=config(everywhere, "development"))

    assert formats_of(everywhere, "development") == {"api": 1, "jobs": 1, "web": 2}
    (web,) = (one.release for one in plan.components if one.name == "web")
    assert web.spec["workload"]["container"] == {"image": "app:2", "args": ["--invented"]}
    shown = names(plan)
    assert shown.pop("default/web") != before.pop("default/web")
    assert shown == before


def test_a_component_that_is_new_starts_in_the_newer_format(everywhere, newer):
    newer()
    everywhere.define(component("mail"))
    everywhere.deploy(bindings=config(everywhere, "development"))
    assert formats_of(everywhere, "development") == {"api": 1, "jobs": 1, "mail": 2, "web": 1}


def test_both_formats_go_through_all_stacks_and_an_older_one_can_be_rolled_back_to(
    everywhere, newer
):
    first = everywhere.current("default/web", "production")
    newer()
    everywhere.define(component("web", image="app:2"))
    everywhere.deploy(bindings=config(everywhere, "development"))
    for stack, source in zip(STACKS[1:], STACKS, strict=False):
        everywhere.deploy(stack, bindings=pinned_as(everywhere, source))
        assert formats_of(everywhere, stack) == {"api": 1, "jobs": 1, "web": 2}

    back = {**pinned_as(everywhere, "production"), **pins(web=first)}
    everywhere.deploy("production", bindings=back)
    assert formats_of(everywhere, "production") == dict.fromkeys(COMPONENTS, 1)
    assert everywhere.current("default/web", "production") == first
