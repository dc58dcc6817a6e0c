"""Projects that go from one ledger to another: all of them arrives, and nothing of the others."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.delivery import CHAINS, PlaneTarget, empty_ledger
from openchoreo.delivery.moving import Moving, projects_in
from openchoreo.errors import OpenChoreoError

BANK = frozenset({"default/bank"})
FILES = PlaneTarget(target="files")
THERE = "organization/bank/staging"


@pytest.fixture(scope="module")
def r(make):
    return SimpleNamespace(one=make.release("api:1"), two=make.release("api:2"))


def recorded(make, ran, *, lineage="lineage-of-staging", planes=("default",)):
    """A ledger in which (chain, key, project, release) were deployed, an hour each."""
    book = empty_ledger(lineage, "staging")
    projects = [tuple(one.split("/")) for one in sorted({f"default/{p}" for _, _, p, _ in ran})]
    book = book.within(
        namespaces=["default"], projects=projects, planes=dict.fromkeys(planes, FILES)
    )
    for hour, (chain, key, project, release) in enumerate(ran):
        book = book.with_deployed(
            key, make.done(release), make.stamp(hour), project=project, chain=chain
        )
    return book


@pytest.fixture
def shop_and_bank(make, r):
    return recorded(
        make,
        [
            ("projects", "default/shop", "shop", r.one),
            ("projects", "default/bank", "bank", r.one),
            ("resources", "default/db", "bank", r.one),
            ("components", "default/api", "bank", r.one),
            ("components", "default/web", "shop", r.one),
            ("components", "default/api", "bank", r.two),
        ],
    )


def fresh(ledger):
    return empty_ledger(ledger.lineage, ledger.environment)


def refusal(moving, planes=("default",)):
    with pytest.raises(OpenChoreoError) as raised:
        moving.moved(planes, name=THERE)
    return str(raised.value)


def test_everything_of_the_project_arrives_and_the_rest_stays(shop_and_bank):
    before = shop_and_bank
    left, moved = Moving(before, fresh(before), BANK).moved(["default"], name=THERE)
    assert {chain: [*moved.records(chain)] for chain in CHAINS} == {
        "components": ["default/api"],
        "projects": ["default/bank"],
        "resources": ["default/db"],
    }
    assert {chain: [*left.records(chain)] for chain in CHAINS} == {
        "components": ["default/web"],
        "projects": ["default/shop"],
        "resources": [],
    }
    assert moved.recorded("default/api") == before.recorded("default/api")
    assert (moved.lineage, moved.environment) == (before.lineage, before.environment)
    assert (moved.scope.projects, left.scope.projects) == (("default/bank",), ("default/shop",))
    assert moved.scope.namespaces == left.scope.namespaces == ("default",)
    assert moved.planes == left.planes == {"default": FILES}


def test_a_plane_that_nothing_of_it_is_on_stays_behind(shop_and_bank):
    before = shop_and_bank.model_copy(update={"planes": {"default": FILES, "eu": FILES}})
    left, moved = Moving(before, fresh(before), BANK).moved(["eu"], name=THERE)
    assert (moved.planes, left.planes) == ({"eu": FILES}, before.planes)


def test_a_stack_with_projects_of_its_own_keeps_them_and_its_lineage(make, r, shop_and_bank):
    own = recorded(make, [("components", "default/jobs", "batch", r.two)], lineage="own")
    _, moved = Moving(shop_and_bank, own, BANK).moved(["default"], name=THERE)
    assert moved.lineage == "own"
    assert [*moved.components] == ["default/api", "default/jobs"]
    assert moved.scope.projects == ("default/bank", "default/batch")
    assert moved.recorded("default/jobs") == own.recorded("default/jobs")


def test_redactions_of_what_moves_go_with_it(make, r, shop_and_bank):
    other = make.release("web:0")
    before = shop_and_bank
    for one in (r.one, other):
        before = before.with_redacted(one.digest, make.stamp(9))
    left, moved = Moving(before, fresh(before), BANK).moved(["default"], name=THERE)
    assert (moved.redacted.keys(), left.redacted) == ({r.one.digest}, before.redacted)


def test_a_move_that_was_interrupted_is_finished_by_another_one(make, shop_and_bank):
    left, moved = Moving(shop_and_bank, fresh(shop_and_bank), BANK).moved([], name=THERE)
    went_on = moved.with_deployed(
        "default/api", make.done(make.release("api:3")), make.stamp(20), project="bank"
    )
    assert Moving(shop_and_bank, moved, BANK).moved([], name=THERE) == (left, moved)
    assert Moving(shop_and_bank, went_on, BANK).moved([], name=THERE) == (left, went_on)


def test_and_back(shop_and_bank):
    left, moved = Moving(shop_and_bank, fresh(shop_and_bank), BANK).moved(["default"], name=THERE)
    empty, back = Moving(moved, left, BANK).moved(["default"], name="organization/shop/staging")
    assert back.model_copy(update={"sets": ()}) == shop_and_bank.model_copy(update={"sets": ()})
    assert projects_in(empty) == frozenset()


def test_a_stack_that_has_deployed_it_itself_is_refused(make, r, shop_and_bank):
    own = recorded(make, [("components", "default/api", "bank", r.one)], lineage="own")
    assert refusal(Moving(shop_and_bank, own, BANK)) == (
        "Stack organization/bank/staging: components.default/api\n"
        "  has deployed it already, and does not know what is recorded here; the newest there is of"
        " 2026-11-23T12:00:00Z, here of 2026-11-23T17:00:00Z\n"
        "  where that stack has nothing else: make it anew, which deletes no object (pulumi stack rm"
        " --force --preserve-config organization/bank/staging; pulumi stack init"
        " organization/bank/staging), and move again"
    )


def test_a_stack_that_deploys_to_another_place_is_refused(shop_and_bank):
    cluster = PlaneTarget(target="cluster", cluster="8f1c")
    own = fresh(shop_and_bank).model_copy(update={"planes": {"default": cluster, "eu": cluster}})
    assert refusal(Moving(shop_and_bank, own, BANK)) == (
        "Stack organization/bank/staging: planes.default\n"
        "  deploys to cluster 8f1c there, and the stack that has them to files\n"
        "  move them to a stack that deploys to the same place"
    )


@given(
    owners=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["shop", "bank"])),
    moves=st.sets(st.sampled_from(["default/shop", "default/bank"])),
)
def test_nothing_is_lost_and_nothing_is_in_both(make, owners, moves):
    one = make.release("api:1")
    ran = [
        (chain, f"default/{name}", project, one)
        for name, project in owners.items()
        for chain in CHAINS
        if chain != "projects"
    ]
    before = recorded(make, ran)
    left, moved = Moving(before, fresh(before), frozenset(moves)).moved([], name=THERE)
    for chain in CHAINS:
        here, there = left.records(chain), moved.records(chain)
        assert {**here, **there} == before.records(chain)
        assert here.keys().isdisjoint(there)
    assert projects_in(moved) == projects_in(before) & moves
