"""Which release documents a stack keeps, and that nothing is dropped without a reason."""

import pytest

from openchoreo.config import StackConfig
from openchoreo.delivery import Stamp, load_ledger, load_store
from openchoreo.plan import pinned_elsewhere, record, scope_of
from tests.plan.definitions import binding, component
from tests.plan.world import NOON


@pytest.fixture
def seven(world):
    """greeter in development, seven releases after each other: the names of all, oldest first."""
    names = []
    for number in range(7):
        world.define(*component("greeter", image=f"app:{number}"))
        world.deploy()
        names.append(world.current("default/greeter"))
    return names


def kept(world, stack="development"):
    store = load_store(world.outputs[world.full(stack)]["releases"], source="x")
    ledger = load_ledger(world.outputs[world.full(stack)]["pipeline"], source="x")
    names = {e.release: e.name for e in ledger.recorded("default/greeter").releases()}
    return [names[digest] for digest in names if digest in store]


def outputs(world, named=(), **config):
    plan = world.plan(**config)
    return record(plan, {one.key for one in plan.components}, Stamp(NOON, "ada"), named)


def test_the_current_one_and_the_three_before_it(world, seven):
    assert kept(world) == [seven[6], seven[5], seven[4], seven[3]]


def test_and_what_others_need(world, seven):
    digests = {name: digest for digest, name in digests_of(world).items()}
    needed = {digests[seven[3]]}
    world.define(*component("greeter", image="app:8"))
    found = outputs(world, needed)
    assert digests[seven[3]] in load_store(found.releases, source="x")
    assert digests[seven[3]] not in load_store(outputs(world).releases, source="x")


def digests_of(world):
    ledger = load_ledger(world.outputs[world.full("development")]["pipeline"], source="x")
    return {e.release: e.name for e in ledger.recorded("default/greeter").releases()}


def test_a_run_without_a_new_release_drops_nothing(world, seven):
    digests = {name: digest for digest, name in digests_of(world).items()}
    world.define(*component("greeter", image="app:8"))
    stack = world.full("development")
    world.outputs[stack]["releases"] = outputs(world, {digests[seven[3]]}).releases
    world.outputs[stack]["pipeline"] = outputs(world, {digests[seven[3]]}).pipeline
    before = world.outputs[stack]["releases"]
    assert digests[seven[3]] in before
    assert outputs(world).releases == before
    more = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 3}}}
    assert outputs(world, bindings=more).releases == before


def test_a_pin_of_another_environment_counts_as_a_need(world, seven):
    world.define(binding("greeter", "staging", releaseName=seven[1]))
    ledger = load_ledger(world.outputs[world.full("development")]["pipeline"], source="x")
    scope = scope_of(world.catalog(), StackConfig(environment="development"))
    digests = {name: digest for digest, name in digests_of(world).items()}
    assert pinned_elsewhere(scope, ledger) == {digests[seven[1]]}
    named = pinned_elsewhere(scope, ledger, [f"{seven[2]}@{digests[seven[2]]}", "unknown"])
    assert named == {digests[seven[1]], digests[seven[2]]}


def test_a_pin_of_this_environment_is_no_need_of_another(world, seven):
    world.define(binding("greeter", "development", releaseName=seven[1]))
    ledger = load_ledger(world.outputs[world.full("development")]["pipeline"], source="x")
    scope = scope_of(world.catalog(), StackConfig(environment="development"))
    assert pinned_elsewhere(scope, ledger) == frozenset()


def test_a_set_that_another_environment_names_is_a_need_of_all_its_members(world, seven):
    ledger = load_ledger(world.outputs[world.full("development")]["pipeline"], source="x")
    scope = scope_of(world.catalog(), StackConfig(environment="development"))
    digests = {name: digest for digest, name in digests_of(world).items()}
    project = ledger.recorded("default/shop", chain="projects").current.release
    third = ledger.whole_sets[-3]
    assert third.members["components"] == {"default/greeter": digests[seven[2]]}
    assert pinned_elsewhere(scope, ledger, [third.digest]) == {digests[seven[2]], project}


def test_the_newest_set_can_always_be_promoted(world):
    world.define(*component("page", image="page:1"), *component("greeter"))
    world.deploy()
    whole = load_ledger(world.outputs[world.full("development")]["pipeline"], source="x").sets
    greeter = world.current("default/greeter")
    for number in range(6):
        world.define(*component("greeter", image=f"app:{number}"))
        world.define(*component("page", image=f"page:{number}"))
        world.deploy(failing=["default/page"])
    assert greeter in kept(world)
    plan = world.plan("staging", set=whole[0].digest)
    assert {one.key: one.release.name for one in plan.components}["default/greeter"] == greeter


def test_a_set_that_is_new_without_a_new_release_drops_nothing(world):
    world.define(*component("page", image="page:1"), *component("greeter"))
    world.deploy()
    for number in range(6):
        world.define(*component("greeter", image=f"app:{number}"))
        world.define(*component("page", image=f"page:{number}"))
        world.deploy(failing=["default/page"])
    before = kept(world)
    world.deploy(bindings={"page": {"state": "Undeploy"}})
    assert len(kept(world)) == len(before) == 5


@pytest.mark.usefixtures("seven")
def test_only_a_new_release_can_drop_documents(world):
    assert not world.plan().changes_releases
    more = {"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 3}}}
    assert not world.plan(bindings=more).changes_releases
    world.define(*component("greeter", image="app:8"))
    assert world.plan().changes_releases
