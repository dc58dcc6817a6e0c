"""openchoreo impact: definitions of this work tree against those of another revision."""

import json
import subprocess

import pytest

from tests.plan.definitions import component, component_type, endpoint


def git(*arguments):
    identity = ["-c", "user.name=ada", "-c", "user.email=ada@example.test"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def committed(shop):
    shop.write()
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return shop


def found(run, *arguments):
    done = run("impact", "--against", "HEAD", *arguments, "-o", "json")
    assert done.exit_code == 0, done.output
    return [
        (
            one["owner"],
            one["environment"],
            one["when"],
            [f"{o['operation']} {o['kind']}" for o in one["objects"]],
        )
        for one in json.loads(done.stdout)
    ]


def test_nothing(committed, run):
    assert committed
    assert (
        run("impact", "--against", "HEAD").stdout
        == "Nothing is made in another way than at HEAD.\n"
    )


def test_another_type_reaches_the_first_environment_at_once(committed, run):
    type_ = component_type()
    type_["spec"]["environmentConfigs"]["openAPIV3Schema"]["properties"]["replicas"]["default"] = 2
    committed.define(type_)
    committed.write()
    assert found(run) == [
        (f"default/{name}", environment, when, ["update Deployment"])
        for environment, when in (
            ("development", "with the next run"),
            ("production", "once it is promoted"),
            ("staging", "once it is promoted"),
        )
        for name in ("api", "web")
    ]
    assert len(found(run, "--env", "staging")) == 2


def test_overrides_reach_their_environment_at_once(committed, run, tmp_path):
    (tmp_path / "Pulumi.staging.yaml").write_text(
        "config:\n  openchoreo:bindings:\n    web:\n      releaseName: web-000000000000\n"
    )
    committed.define(*component("web", image="app:2"))
    committed.write()
    assert ("default/web", "staging", "once it is promoted", ["update Deployment"]) in found(run)


def test_a_component_that_is_new(committed, run):
    committed.define(*component("new", endpoints={"http": endpoint()}))
    committed.write()
    assert found(run, "--env", "development") == [
        (
            "default/new",
            "development",
            "with the next run",
            ["create Deployment", "create Service", "create NetworkPolicy"],
        )
    ]


def test_for_people(committed, run):
    committed.define(*component("web", image="app:2"))
    committed.write()
    lines = run("impact", "--against", "HEAD", "--env", "development").stdout.splitlines()
    assert lines == [
        "COMPONENT    ENVIRONMENT  CHANGES                                               WHEN",
        "default/web  development  Deployment spec.template.spec.containers[main].image  with the next run",
        "",
        "1 component in 1 environment; -o json has every field",
    ]


def test_a_revision_that_is_not_there(committed, run):
    assert committed
    done = run("impact", "--against", "v9")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "git\n  there is no revision v9\n  see: git log --oneline\n"


def test_what_cannot_be_rendered_is_told(committed, run):
    committed.define(*component("web", type_="nothing"))
    committed.write()
    done = run("impact", "--against", "HEAD", "--env", "development")
    assert done.exit_code == 1
    assert "there is no ClusterComponentType nothing" in done.stderr
