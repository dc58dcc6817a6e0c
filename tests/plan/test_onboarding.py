"""The order of first runs: whatever bindings pin, each environment ends with what they pin there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.catalog import Catalog
from openchoreo.delivery import COMPONENTS, PROJECTS
from openchoreo.model import parse
from openchoreo.plan.onboarding import FirstRun, first_runs
from tests.plan.definitions import (
    ENVIRONMENTS,
    binding,
    component,
    project_binding,
    resource,
)

BEFORE = {"development": (), "staging": ENVIRONMENTS[:1], "production": ENVIRONMENTS[:2]}
API = (COMPONENTS, "default/api")
OWNER = {"projectName": "shop", "componentName": "api"}


@pytest.fixture
def shop(world):
    world.define(*component("api", auto=False))
    return world


def release(world, number):
    """A ComponentRelease v1, v2, ... of the component api."""
    world.define(*component("api", auto=False, image=f"app:{number}"))
    (found,) = world.offline().resources[1:2]
    assert found.component == "api"
    plan = world.plan(bindings={"api": {"releaseName": found.release}})
    (planned,) = plan.components
    spec = {"owner": OWNER, **planned.release.spec}
    world.define(resource("ComponentRelease", f"v{number}", spec))


def pin(world, environment, number):
    world.define(binding("api", environment, releaseName=f"v{number}"))


def runs(world, environments=ENVIRONMENTS):
    found = first_runs(world.catalog(), environments, BEFORE)
    return [(one.environment, "-" if one.undeployed else one.pins.get(API)) for one in found]


def test_without_pins_each_environment_runs_once(shop):
    assert first_runs(shop.catalog(), ENVIRONMENTS, BEFORE) == tuple(map(FirstRun, ENVIRONMENTS))


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        ((1, 1, 1), [("development", None), ("staging", None), ("production", None)]),
        ((1, 1), [("development", None), ("staging", None), ("production", None)]),
        (
            (2, 2, 1),
            [
                ("development", "v1"),
                ("staging", "v1"),
                ("production", None),
                ("development", None),
                ("staging", None),
            ],
        ),
        (
            (3, 2, 1),
            [
                ("development", "v1"),
                ("staging", "v1"),
                ("production", None),
                ("development", "v2"),
                ("staging", None),
                ("development", None),
            ],
        ),
        (
            (2, 1),
            [
                ("development", "v1"),
                ("staging", None),
                ("production", None),
                ("development", None),
            ],
        ),
        (
            (None, None, 1),
            [
                ("development", "v1"),
                ("staging", "v1"),
                ("production", None),
                ("development", "-"),
                ("staging", "-"),
            ],
        ),
    ],
)
def test_older_releases_go_through_the_environments_before(shop, pins, expected):
    for number in (1, 2, 3):
        release(shop, number)
    for environment, number in zip(ENVIRONMENTS, pins, strict=False):
        if number:
            pin(shop, environment, number)
    assert runs(shop) == expected
    for run in first_runs(shop.catalog(), ENVIRONMENTS, BEFORE):
        config = {"releaseName": run.pins[API]} if run.pins else {}
        config |= {"state": "Undeploy"} if run.undeployed else {}
        shop.deploy(run.environment, bindings={"api": config})
    for environment, number in zip(ENVIRONMENTS, pins, strict=False):
        running = shop.summary(environment).get("default/api")
        assert running == (f"v{number}" if number else running)
        assert number or running is None or "undeployed" in running


def test_a_component_that_deploys_itself_follows_its_definition_again(world):
    world.define(*component("api"))
    pin(world, "production", 1)
    assert runs(world)[-2:] == [("development", None), ("staging", "-")]


def test_projects_are_never_undeployed(world):
    world.define(project_binding("shop", "production", projectRelease="shop-1"))
    found = first_runs(world.catalog(), ENVIRONMENTS, BEFORE)
    assert [dict(one.pins) for one in found[:2]] == [{(PROJECTS, "default/shop"): "shop-1"}] * 2
    assert not any(one.undeployed for one in found)


NAMES = ("a", "b")
WRITTEN = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(ENVIRONMENTS)), st.sampled_from("123")
)


@given(WRITTEN)
def test_every_run_finds_its_releases_and_the_end_is_what_is_pinned(written):
    """By the rules of promotion: a later environment takes what one before it has deployed."""
    documents = [binding(name, where, releaseName=pin) for (name, where), pin in written.items()]
    found = [parse(one).resource for one in documents]
    catalog = Catalog({one.key: one for one in found})
    deployed = {where: {name: [None] for name in NAMES} for where in ENVIRONMENTS}
    for run in first_runs(catalog, ENVIRONMENTS, BEFORE):
        for name in NAMES:
            owned = (COMPONENTS, f"default/{name}")
            history = deployed[run.environment][name]
            pin = run.pins.get(owned) or written.get((name, run.environment))
            upstream = {one for where in BEFORE[run.environment] for one in deployed[where][name]}
            assert not BEFORE[run.environment] or pin in {*upstream, *history}
            # Nothing that runs may lose its pin and nothing be said of it.
            assert pin or history[-1] is None or owned in run.undeployed
            history.append(pin)
    for where in ENVIRONMENTS:
        for name in NAMES:
            assert deployed[where][name][-1] == written.get((name, where))
