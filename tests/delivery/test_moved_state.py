"""Resources that go from the state of one stack to that of another."""

import pytest

from openchoreo.delivery.moved_state import (
    MovingResources,
    Route,
    objects_of_environment,
    projects_of,
)
from openchoreo.errors import OpenChoreoError

TREE = "openchoreo:index:Environment"
PROJECT = f"{TREE}$openchoreo:index:Project"
BINDING = f"{PROJECT}$openchoreo:index:Component$openchoreo:index:ReleaseBinding"
SERVICE = "openchoreo-files:core/v1:Service"
FILES = "pulumi:providers:openchoreo-files"
CLUSTER = "pulumi:providers:kubernetes"


def urn(rest, of="acme"):
    return f"urn:pulumi:dev::{of}::{rest}"


def root(of="acme", **more):
    return {"urn": urn(f"pulumi:pulumi:Stack::{of}-dev", of), "type": "pulumi:pulumi:Stack", **more}


def one(type_, name, parent, of="acme", tree="", **more):
    """A resource whose parent is named as what comes after stack and Pulumi project."""
    where = urn(f"{tree or type_}::{name}", of)
    return {"urn": where, "type": type_, "parent": urn(parent, of), **more}


def provider(of="acme", directory="out/dev", type_=FILES, id_="p1", **inputs):
    inputs = {"directory": directory} if type_ == FILES else inputs
    parent = f"pulumi:pulumi:Stack::{of}-dev"
    return one(type_, "default", parent, of, id=id_, inputs=inputs, outputs=dict(inputs))


def environment(of="acme"):
    return one(TREE, "dev", f"pulumi:pulumi:Stack::{of}-dev", of)


def project(name, of="acme", id_="p1", **more):
    """A project with one component of one object."""
    tree = f"{BINDING}${SERVICE}"
    return [
        one("openchoreo:index:Project", f"default/{name}", f"{TREE}::dev", of, PROJECT),
        one(
            "openchoreo:index:ReleaseBinding",
            f"default/{name}-api",
            f"{PROJECT}::default/{name}",
            of,
            BINDING,
        ),
        one(
            SERVICE,
            f"default/ns-{name}/api",
            f"{BINDING}::default/{name}-api",
            of,
            tree,
            id=f"ns-{name}/service_api.yaml",
            provider=f"{urn(f'{FILES}::default', of)}::{id_}",
            dependencies=[urn(f"{PROJECT}::default/{name}", of)],
            propertyDependencies={"spec": [urn(f"{PROJECT}::default/{name}", of)]},
            inputs={"kind": "Service"},
            **more,
        ),
    ]


def state(*names, of="acme", **more):
    every = [root(of), provider(of), environment(of)]
    for name in names:
        every += project(name, of, **more)
    return every


def moving(source, target=None, projects=("default/bank",), **route):
    target = [root("bank")] if target is None else target
    names = Route("organization/acme/dev", "organization/bank/dev", **route)
    return MovingResources(source, target, projects, names)


def refusal(found):
    with pytest.raises(OpenChoreoError) as raised:
        _ = found.target
    return str(raised.value)


def test_a_project_goes_to_a_fresh_stack_with_all_that_it_needs():
    found = moving(state("bank", "shop"))
    assert found.target == state("bank", of="bank")
    assert found.source == state("shop")
    assert (found.objects, found.planes) == (1, frozenset({"default"}))


def test_ids_inputs_and_times_are_kept():
    source = state("bank", created="2026-11-25T19:39:14Z", retainOnDelete=True)
    assert moving(source).target == state(
        "bank", of="bank", created="2026-11-25T19:39:14Z", retainOnDelete=True
    )


def test_nothing_of_what_it_was_given_is_changed():
    source, target = state("bank", "shop"), [root("bank", outputs={"a": 1})]
    found = moving(source, target, directory=lambda path: f"../{path}")
    _ = found.target, found.source
    assert source == state("bank", "shop")
    assert target == [root("bank", outputs={"a": 1})]


def test_a_stack_of_another_name():
    names = Route("organization/acme/dev", "organization/bank/main")
    found = MovingResources(state("bank"), [], ["default/bank"], names)
    assert {str(each["urn"]).split("::")[0] for each in found.target} == {"urn:pulumi:main"}
    assert found.target[0]["parent"] == "urn:pulumi:main::bank::pulumi:pulumi:Stack::bank-main"


def test_a_directory_is_named_from_where_the_target_is():
    found = moving(state("bank"), directory=lambda path: f"../{path}")
    (files,) = (each for each in found.target if each["type"] == FILES)
    assert (files["inputs"], files["outputs"]) == (
        {"directory": "../out/dev"},
        {"directory": "../out/dev"},
    )


def test_a_stack_that_deploys_there_already_keeps_its_provider():
    there = [root("bank"), provider("bank", id_="own"), environment("bank")]
    there += project("jobs", "bank", id_="own")
    found = moving(state("bank", "shop"), there)
    assert found.target == [*there, *project("bank", "bank", id_="own")]


def test_what_the_target_has_already_stays_as_it_is_there():
    there = state("bank", of="bank", modified="later")
    assert moving(state("bank", "shop"), there).target == there


def test_what_refers_to_it_is_written_anew_everywhere():
    mine = urn(f"{PROJECT}::default/bank")
    more = {"deletedWith": mine, "viewOf": mine, "aliases": [mine, "urn:pulumi:x::y::z"]}
    (*_, moved) = moving(state("bank", **more, replaceWith=[mine])).target
    theirs = urn(f"{PROJECT}::default/bank", "bank")
    assert moved["deletedWith"] == moved["viewOf"] == theirs
    assert moved["aliases"] == [theirs, "urn:pulumi:x::y::z"]
    assert moved["replaceWith"] == [theirs]


def test_what_a_state_says_of_projects_and_of_the_environment():
    channel = one(SERVICE, "default/alerts", f"{TREE}::dev", tree=f"{TREE}${SERVICE}")
    resources = [*state("bank", "shop"), channel]
    assert projects_of(resources) == {"default/bank", "default/shop"}
    assert objects_of_environment(resources) == ("default/alerts",)
    assert objects_of_environment(state("bank")) == ()


def test_a_secret_is_refused():
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    assert refusal(moving(state("bank", outputs={"key": sealed}))) == (
        "Stack organization/acme/dev\n"
        "  default/ns-bank/api holds a secret, which only this stack can read\n"
        "  take it out of the object first"
    )


def test_what_is_still_to_be_deleted_is_refused():
    assert refusal(moving(state("bank", delete=True))) == (
        "Stack organization/acme/dev\n"
        "  default/ns-bank/api is still to be deleted\n"
        "  finish that first: pulumi up"
    )


def test_what_depends_on_something_that_stays_is_refused():
    source = state("bank", deletedWith=urn("aws:s3/bucket:Bucket::files"))
    assert refusal(moving(source)) == (
        "Stack organization/acme/dev\n"
        "  default/ns-bank/api depends on files, which does not move with it"
    )


def test_what_stays_and_depends_on_it_is_refused():
    bucket = one("aws:s3/bucket:Bucket", "files", "pulumi:pulumi:Stack::acme-dev")
    bucket["dependencies"] = [urn(f"{PROJECT}::default/bank")]
    assert refusal(moving([*state("bank"), bucket])) == (
        "Stack organization/acme/dev\n"
        "  files, which stays, depends on default/bank\n"
        "  take the dependency out of __main__.py first"
    )


def test_a_target_whose_files_are_elsewhere_is_refused():
    there = [root("bank"), provider("bank", "elsewhere", id_="own")]
    assert refusal(moving(state("bank"), there)) == (
        "Stack organization/acme/dev\n"
        "  objects on default are in out/dev, and those of organization/bank/dev in elsewhere\n"
        "  say the same under openchoreo:dataPlanes, deploy once, and move then"
    )


def on_cluster(name, of="acme", identifier="8f1c"):
    found = provider(of, type_=CLUSTER, context=name, clusterIdentifier=identifier)
    objects = [
        {**each, "provider": f"{found['urn']}::p1"} if "provider" in each else each
        for each in project("bank", of)
    ]
    return [root(of), found, environment(of), *objects]


def test_a_cluster_is_the_same_by_its_identifier():
    there = on_cluster("another-context", "bank")[:2]
    (_, kept, *_) = moving(on_cluster("kind-dev"), there).target
    assert kept == there[1]


def test_another_cluster_is_refused():
    there = on_cluster("kind-dev", "bank", identifier="77aa")[:2]
    assert refusal(moving(on_cluster("kind-dev"), there)).splitlines()[1] == (
        "  objects on default are in cluster 8f1c, and those of organization/bank/dev in"
        " cluster 77aa"
    )
