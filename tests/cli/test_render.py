"""openchoreo render: what it prints, where, and how it ends."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.plan.definitions import (
    binding,
    component,
    component_type,
    endpoint,
    manifest,
    needs,
    platform,
    project,
    resource,
)

ROOT = Path(__file__).parents[2]
NAMESPACE = "dp-default-shop-development-276893d5"
DEVELOPMENT = ("render", "--environment", "development")
AS_JSON = (*DEVELOPMENT, "--format", "json")
PROBLEM = ["stage", "resource", "path", "message", "hint", "file", "line", "column"]


def succeeded(done):
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return done.stdout


def rendered(done):
    return json.loads(succeeded(done))


def problems(done):
    """The problems of a run that failed, which are all that stands on standard error."""
    assert done.exit_code == 1, done.output
    found = json.loads(done.stderr)
    assert all(list(problem) == PROBLEM for problem in found)
    return found


def replicas(resources):
    return next(
        one["manifest"]["spec"]["replicas"]
        for found in resources
        for one in found["manifests"]
        if one["manifest"]["kind"] == "Deployment"
    )


@pytest.fixture
def pinned(world):
    """greeter in its second version, the first of which is kept as greeter-1."""
    release = world.plan().components
    spec = next(release).release.spec
    owner = {"projectName": "shop", "componentName": "greeter"}
    world.define(resource("ComponentRelease", "greeter-1", {"owner": owner, **spec}))
    world.define(*component("greeter", image="app:2"))
    world.write()
    return world


@pytest.mark.usefixtures("world")
class TestTheJsonForm:
    def test_it_is_exactly_this(self, world, run):
        project_, component_ = rendered(run(*AS_JSON))
        release = next(world.plan().components).release.name
        assert list(component_) == [
            "chain",
            "namespace",
            "project",
            "component",
            "resource",
            "environment",
            "binding",
            "release",
            "releaseFrom",
            "manifests",
        ]
        manifests = component_.pop("manifests")
        assert component_ == {
            "chain": "component",
            "namespace": "default",
            "project": "shop",
            "component": "greeter",
            "resource": "",
            "environment": "development",
            "binding": "greeter-development",
            "release": release,
            "releaseFrom": "snapshot",
        }
        assert [list(one) for one in manifests] == [["targetPlane", "manifest"]] * 3
        assert [(one["targetPlane"], one["manifest"]["kind"]) for one in manifests] == [
            ("dataplane", "Deployment"),
            ("dataplane", "Service"),
            ("dataplane", "NetworkPolicy"),
        ]
        assert {key: project_[key] for key in ("chain", "component", "binding")} == {
            "chain": "project",
            "component": "",
            "binding": "shop-development",
        }

    def test_projects_come_before_components_and_all_are_sorted(self, world, run):
        world.define(*platform("a"), project("z", "a"), *component("b"), *component("a"))
        world.define(*component("c", of="z", namespace="a"))
        world.write()
        found = rendered(run(*AS_JSON))
        assert [(one["namespace"], one["component"] or one["project"]) for one in found] == [
            ("a", "z"),
            ("default", "shop"),
            ("a", "c"),
            ("default", "a"),
            ("default", "b"),
            ("default", "greeter"),
        ]

    def test_a_pin(self, pinned, run):
        pinned.define(binding("greeter", "development", releaseName="greeter-1"))
        pinned.write()
        found = rendered(run(*AS_JSON))[1]
        assert (found["release"], found["releaseFrom"]) == ("greeter-1", "pin")

    def test_the_same_definitions_give_the_same_bytes(self, run):
        assert run(*AS_JSON).stdout == run(*AS_JSON).stdout


@pytest.mark.usefixtures("world")
class TestTheYamlForm:
    def test_it_is_a_stream_of_manifests(self, run):
        text = succeeded(run(*DEVELOPMENT))
        found = list(yaml.safe_load_all(text))
        assert [one["kind"] for one in found] == [
            "Namespace",
            "Deployment",
            "Service",
            "NetworkPolicy",
        ]
        assert text.count("---\n") == 3

    def test_it_holds_the_manifests_of_the_json_form(self, run):
        found = [one["manifest"] for each in rendered(run(*AS_JSON)) for one in each["manifests"]]
        assert list(yaml.safe_load_all(succeeded(run(*DEVELOPMENT)))) == found


@pytest.mark.usefixtures("world")
class TestAFolder:
    def test_yaml(self, run):
        assert succeeded(run(*DEVELOPMENT, "--output", "out")) == ""
        assert files("out") == ["default/shop/_project.yaml", "default/shop/greeter.yaml"]
        assert Path("out/default/shop/_project.yaml").read_text().startswith("apiVersion: v1\n")

    def test_json(self, run):
        succeeded(run(*AS_JSON, "--output", "out/here"))
        assert files("out/here") == ["default/shop/_project.json", "default/shop/greeter.json"]
        (found,) = json.loads(Path("out/here/default/shop/greeter.json").read_text())
        assert found["component"] == "greeter"

    def test_a_file_in_its_place(self, run):
        Path("out").write_text("mine")
        (problem,) = problems(run(*AS_JSON, "--output", "out"))
        assert problem["message"] == "cannot be written: Not a directory"
        assert Path("out").read_text() == "mine"


def files(folder):
    root = Path(folder)
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())


@pytest.mark.usefixtures("world")
class TestOneComponent:
    @pytest.mark.parametrize("name", ["greeter", "default/greeter"])
    def test_by_either_of_its_names(self, run, name):
        (found,) = rendered(run(*AS_JSON, "--component", name))
        assert found["component"] == "greeter"

    def test_several(self, world, run):
        world.define(*component("one"), *component("two"))
        world.write()
        found = rendered(run(*AS_JSON, "--component", "two", "--component", "default/one"))
        assert [one["component"] for one in found] == ["one", "two"]

    def test_an_unknown_one(self, run):
        (problem,) = problems(run(*AS_JSON, "--component", "greetr"))
        assert problem == {
            "stage": "config",
            "resource": "--component",
            "path": "greetr",
            "message": "there is no component greetr here",
            "hint": "did you mean greeter?",
            "file": "",
            "line": 0,
            "column": 0,
        }

    def test_a_name_of_several_namespaces(self, world, run):
        world.define(*platform("team"), project("shop", "team"))
        world.define(*component("greeter", namespace="team"))
        world.write()
        (problem,) = problems(run(*AS_JSON, "--component", "greeter"))
        assert problem["message"] == "greeter is in several namespaces"
        assert problem["hint"] == "write one of default/greeter, team/greeter"

    def test_another_that_is_broken_does_not_matter(self, world, run):
        world.define(*component("broken", type_="nothing"))
        world.write()
        assert len(rendered(run(*AS_JSON, "--component", "greeter"))) == 1
        assert problems(run(*AS_JSON))[0]["resource"] == "Component default/broken"


BINDINGS = {
    "ReleaseBindings": """\
apiVersion: openchoreo.dev/v1alpha1
kind: ReleaseBinding
metadata: {name: elsewhere, namespace: default}
spec:
  owner: {projectName: shop, componentName: greeter}
  environment: staging
  componentTypeEnvironmentConfigs: {replicas: 9}
---
apiVersion: openchoreo.dev/v1alpha1
kind: ReleaseBinding
metadata: {name: here, namespace: default}
spec:
  owner: {projectName: shop, componentName: greeter}
  environment: development
  componentTypeEnvironmentConfigs: {replicas: 7}
""",
    "a Pulumi.<stack>.yaml": """\
encryptionsalt: v1:abc
config:
  aws:region: eu-west-1
  openchoreo:environment: development
  openchoreo:bindings:
    greeter:
      componentTypeEnvironmentConfigs: {replicas: 7}
""",
    "a plain map": "default/greeter: {componentTypeEnvironmentConfigs: {replicas: 7}}\n",
}


@pytest.mark.usefixtures("world")
class TestBindings:
    def told(self, run, text, *more):
        Path("bindings.yaml").write_text(text)
        return run(*AS_JSON, "--bindings", "bindings.yaml", *more)

    @pytest.mark.parametrize("name", BINDINGS)
    def test_in_any_of_their_forms(self, run, name):
        assert replicas(rendered(self.told(run, BINDINGS[name]))) == 7

    @pytest.mark.parametrize(
        "text",
        ["", "encryptionsalt: v1:abc\n", "config:\n", "config: {aws:region: eu-west-1}\n"],
    )
    def test_there_may_be_none(self, run, text):
        assert replicas(rendered(self.told(run, text))) == 1

    def test_they_lie_over_those_of_the_definitions(self, world, run):
        configs = {"replicas": 3}
        world.define(binding("greeter", "development", componentTypeEnvironmentConfigs=configs))
        world.write()
        assert replicas(rendered(run(*AS_JSON))) == 3
        assert replicas(rendered(self.told(run, BINDINGS["a plain map"]))) == 7

    @pytest.mark.usefixtures("pinned")
    def test_a_pin(self, run):
        found = rendered(self.told(run, "greeter: {releaseName: greeter-1}"))[1]
        assert (found["release"], found["releaseFrom"]) == ("greeter-1", "pin")

    def test_a_pin_that_is_not_there_warns(self, run):
        done = self.told(run, "greeter: {releaseName: greeter-1}")
        assert done.exit_code == 0
        assert done.stderr.startswith(
            "warning: --bindings: greeter.releaseName\n"
            "  greeter-1 is not among the definitions; "
            "the snapshot of today is rendered instead\n"
        )

    def test_an_unknown_component(self, run):
        (problem,) = problems(self.told(run, "greetr: {}"))
        assert (problem["resource"], problem["path"], problem["hint"]) == (
            "--bindings",
            "greetr",
            "did you mean greeter?",
        )

    def test_an_unknown_key(self, run):
        (problem,) = problems(self.told(run, "greeter: {relaseName: x}"))
        assert problem == {
            "stage": "config",
            "resource": "bindings.yaml",
            "path": "greeter.relaseName",
            "message": "unknown key",
            "hint": "did you mean releaseName?",
            "file": "bindings.yaml",
            "line": 0,
            "column": 0,
        }

    def test_two_documents_for_one_component(self, run):
        text = BINDINGS["ReleaseBindings"].replace("staging", "development")
        (problem,) = problems(self.told(run, text))
        assert problem["message"] == (
            "binds default/greeter to development, and so does another one"
        )

    def test_a_list(self, run):
        (problem,) = problems(self.told(run, "- greeter\n"))
        assert problem["message"] == "must be a mapping, not a list"

    def test_broken_yaml(self, run):
        (problem,) = problems(self.told(run, "greeter: [\n"))
        assert (problem["resource"], problem["line"] > 0) == ("bindings.yaml", True)

    def test_no_such_file(self, run):
        (problem,) = problems(run(*AS_JSON, "--bindings", "nothing.yaml"))
        assert (problem["resource"], problem["message"]) == (
            "nothing.yaml",
            "No such file or directory",
        )

    def test_no_text(self, run):
        Path("bindings.yaml").write_bytes(b"\xff\xfe")
        (problem,) = problems(run(*AS_JSON, "--bindings", "bindings.yaml"))
        assert problem["message"] == "is not UTF-8 text"


class TestDefinitions:
    @pytest.fixture
    def folders(self, world):
        """The platform and the applications in folders of their own."""
        text = (world.root / "definitions.yaml").read_text().split("---\n")
        for name, part in (("platform", text[:-2]), ("apps", text[-2:])):
            Path(name).mkdir()
            Path(f"{name}/all.yaml").write_text("---\n".join(part))
        return ["platform", "apps"]

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--definitions", "platform", "apps"],
            ["--definitions", "platform", "--definitions", "apps"],
            ["platform", "apps"],
            ["--definitions", "platform/all.yaml", "apps/all.yaml"],
        ],
        ids=" ".join,
    )
    @pytest.mark.usefixtures("folders")
    def test_several_paths(self, run, arguments):
        assert len(rendered(run(*AS_JSON, *arguments))) == 2

    def test_no_such_folder(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (problem,) = problems(run(*AS_JSON))
        assert (problem["stage"], problem["resource"], problem["message"]) == (
            "load",
            "definitions",
            "there is no such file or directory",
        )

    def test_broken_yaml_does_not_hide_the_rest(self, world, run):
        (world.root / "broken.yaml").write_text("kind: [\n")
        done = run(*AS_JSON)
        (problem,) = problems(done)
        assert (problem["stage"], problem["file"], problem["line"]) == (
            "load",
            "definitions/broken.yaml",
            2,
        )
        assert len(json.loads(done.stdout)) == 2

    def test_what_cannot_be_read_is_told_before_what_is_missing_for_it(self, world, run):
        (world.root / "broken.yaml").write_text("kind: [\n")
        done = run("render", "--environment", "qa", "--format", "json", "--component", "x")
        first, second = problems(done)
        assert first["file"] == "definitions/broken.yaml"
        assert second["resource"] == "--environment"

    @pytest.mark.usefixtures("world")
    def test_an_unknown_environment(self, run):
        (problem,) = problems(run("render", "--environment", "stagin", "--format", "json"))
        assert problem == {
            "stage": "config",
            "resource": "--environment",
            "path": "",
            "message": "there is no Environment stagin in the definitions",
            "hint": "did you mean staging?",
            "file": "",
            "line": 0,
            "column": 0,
        }


@pytest.mark.usefixtures("world")
class TestProblems:
    def test_several_of_all_stages_are_told_together(self, world, run):
        world.define(*component("typeless", type_="servce"))
        world.define(*component("page", needs=[needs("api")]))
        failing = manifest("ConfigMap", "v1", name="c", data={"x": "${parameters.nothing.here}"})
        world.define(component_type("failing", failing), *component("bad", type_="failing"))
        world.write()
        unknown = {"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Component"}
        (world.root / "other.yaml").write_text(
            yaml.safe_dump({**unknown, "metadata": {"name": "x"}, "spec": {"ownr": {}}})
        )
        done = run(*AS_JSON)
        found = problems(done)
        assert {problem["stage"] for problem in found} >= {"load", "component", "dependencies"}
        assert all(problem["file"] and problem["line"] for problem in found)
        assert [one["component"] for one in json.loads(done.stdout)] == ["", "greeter"]

    def test_as_text_for_people(self, world, run):
        world.define(*component("typeless", type_="servce"))
        world.write()
        done = run(*DEVELOPMENT)
        assert done.exit_code == 1
        lines = done.stderr.splitlines()
        assert lines[:3] == [
            "Component default/typeless: spec.componentType.name",
            "  there is no ClusterComponentType servce",
            "  did you mean service?",
        ]
        assert lines[3].startswith("  definitions/definitions.yaml:")
        assert len(lines) == 4
        assert "kind: Deployment" in done.stdout

    def test_lenient_warns_and_renders(self, world, run):
        world.define(*component("page", needs=[needs("api")]))
        world.write()
        assert problems(run(*AS_JSON))[0]["stage"] == "dependencies"
        done = run(*AS_JSON, "--lenient")
        assert done.exit_code == 0
        assert done.stderr.startswith("warning: Workload default/page: ")
        assert len(json.loads(done.stdout)) == 3

    def test_an_unknown_key_is_lenient_too(self, world, run):
        greeter, workload = component("greeter")
        greeter["spec"]["owners"] = {}
        world.define(greeter, workload)
        world.write()
        assert problems(run(*AS_JSON))[0]["message"] == "unknown key"
        assert run(*AS_JSON, "--lenient").exit_code == 0

    def test_the_policy_of_the_repository_relaxes_as_in_a_run(self, world, run):
        greeter, workload = component("greeter")
        greeter["spec"]["owners"] = {}
        world.define(greeter, workload)
        world.write()
        Path("policy.yaml").write_text("relaxed: [10]\n")
        assert run(*AS_JSON).exit_code == 0
        Path("policy.yaml").write_text("relaxed: [1]\n")
        (problem,) = problems(run(*AS_JSON))
        assert (problem["file"], problem["line"]) == ("policy.yaml", 1)

    def test_a_wrong_option_is_clicks_own(self, run):
        assert run("render").exit_code == 2
        assert run(*DEVELOPMENT, "--format", "xml").exit_code == 2


def test_dependencies_are_resolved(world, run):
    world.define(*component("api", endpoints={"http": endpoint()}))
    world.define(*component("page", needs=[needs("api")]))
    world.write()
    (found,) = rendered(run(*AS_JSON, "--component", "page"))
    assert f"http://api.{NAMESPACE}.svc.cluster.local:80" in json.dumps(found)


@pytest.mark.parametrize("command", ["render", "status"])
def test_help_shows_examples_that_can_be_typed(run, command):
    examples = run(command, "--help").stdout.partition("Examples:\n")[2]
    assert examples.lstrip().startswith(f"openchoreo {command}")


@pytest.mark.usefixtures("world")
def test_the_examples_of_render_work(run):
    examples = run("render", "--help").stdout.partition("Examples:\n")[2].replace("\\\n", "")
    typed = [shlex.split(line)[1:] for line in examples.splitlines() if "platform" not in line]
    assert len(typed) == 2
    for arguments in typed:
        assert run(*arguments).exit_code == 0


def test_help_lists_the_commands(run):
    done = run("--help")
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert "render Print the manifests" in said
    assert "status Show what runs where" in said


def test_an_unknown_command(run):
    done = run("rendr")
    assert done.exit_code == 2
    assert "No such command 'rendr'" in done.stderr


@pytest.mark.usefixtures("world")
def test_rendering_imports_no_pulumi():
    program = (
        "import sys\n"
        "from openchoreo.cli import main\n"
        "main(['render', '--environment', 'development'], standalone_mode=False)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'pulumi', 'pulumi_kubernetes', 'grpc', 'yaml'}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "kind: Deployment" in done.stdout
    assert "pulumi" not in done.stderr
    assert "grpc" not in done.stderr


@pytest.mark.usefixtures("world")
def test_the_package_is_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "openchoreo", *AS_JSON],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(done.stdout)) == 2


def test_the_version_is_shown_also_where_the_package_is_not_installed(run):
    done = run("--version")
    assert done.exit_code == 0
    assert done.output.startswith("openchoreo ")


def test_a_stack_file_says_how_resources_are_bound(world, run, tmp_path):
    from tests.plan.definitions import database, database_type

    world.define(database_type(), database())
    world.write()
    stack = {"config": {"openchoreo:resourceBindings": {"db": {"retainPolicy": "Retain"}}}}
    (tmp_path / "Pulumi.development.yaml").write_text(yaml.safe_dump(stack))
    done = run(*AS_JSON, "--bindings", "Pulumi.development.yaml")
    assert (done.exit_code, done.stderr) == (0, "")
    found = [(one["chain"], one["resource"]) for one in json.loads(done.stdout)]
    assert ("resource", "db") in found
    wrong = {"config": {"openchoreo:resourceBindings": {"dbb": {}}}}
    (tmp_path / "Pulumi.development.yaml").write_text(yaml.safe_dump(wrong))
    done = run(
        "render",
        "--environment",
        "development",
        "--definitions",
        ".",
        "--bindings",
        "Pulumi.development.yaml",
    )
    assert done.stderr == "--bindings: dbb\n  there is no Resource dbb here\n  did you mean db?\n"
