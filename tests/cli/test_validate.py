"""openchoreo validate: problems one per line."""

import json
from pathlib import Path

import pytest
import yaml

from openchoreo.cli.findings import annotation_of, line_of
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.workspace.validating import Finding, validate_paths
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    database,
    database_type,
    endpoint,
    environment,
    manifest,
    needs,
    pipeline,
    project,
    resource_binding,
    uses,
)
from tests.test_golden import CASES, COMMON, kinds, rendered, settings

FILE = "definitions/definitions.yaml"


@pytest.fixture
def validate(world, run):
    """The lines of a repository with these definitions as well, and the exit code."""

    def look(*documents, form="text", arguments=()):
        world.define(*documents)
        world.write()
        done = run("validate", *arguments, "-o", form)
        assert done.exit_code in {0, 1}, done.output
        return done

    return look


def stack_file(name, **config):
    keyed = {f"openchoreo:{key}": value for key, value in config.items()}
    Path(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": keyed}, sort_keys=False))


def line_in(text, file=FILE):
    """The first line with this text, counting from 1."""
    lines = Path(file).read_text().splitlines()
    return next(index for index, line in enumerate(lines, 1) if text in line)


def test_a_sound_repository(validate):
    done = validate()
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == (
        "No problems in 9 resources, rendered for development, staging, production\n"
    )


def test_a_field_and_its_column(validate):
    owner, workload = component("page")
    workload["spec"]["container"]["imag"] = workload["spec"]["container"].pop("image")
    done = validate(owner, workload)
    line = line_in("imag: app:1")
    assert done.exit_code == 1
    assert done.stdout == (
        f"{FILE}:{line - 1}:3: error: Workload default/page: spec.container.image:"
        " is required, but missing\n"
        f"{FILE}:{line}:5: error: Workload default/page: spec.container.imag:"
        " unknown key (did you mean image?)\n"
    )
    assert done.stderr == (
        "2 errors in 10 resources, rendered for development, staging, production\n"
    )


def test_yaml_that_cannot_be_read(validate):
    Path("definitions/broken.yaml").write_text("kind: Component\nmetadata:\n\tname: x\n")
    done = validate(*component("page", type_="nothing"))
    assert done.stdout == (
        "definitions/broken.yaml:3:1: error: a tab is used for indentation (indent with spaces)\n"
    )
    assert done.stderr == (
        "1 error in 11 resources; what needs the broken files was not looked at\n"
    )


def test_a_reference_that_leads_nowhere(validate):
    done = validate(*component("page", type_="servce"))
    line = line_in("deployment/servce")
    assert done.stdout == (
        f"{FILE}:{line}:5: error: Component default/page: spec.componentType.name:"
        " there is no ClusterComponentType servce (did you mean service?)\n"
    )


def test_an_expression_of_a_type_that_nobody_uses(validate):
    config = manifest("ConfigMap", "v1", data={"x": "${parameters.x +}"})
    done = validate(component_type("idle", config))
    line = line_in("${parameters.x +}")
    assert done.stdout == (
        f"{FILE}:{line}:9: error: ClusterComponentType idle: spec.resources[2].template.data.x:"
        " CEL compilation error in expression 'parameters.x +': 1:15:"
        " Syntax error: the end, where a value should be\n"
    )


def test_what_follows_from_a_broken_type_is_not_told(validate):
    type_ = component_type("idle", manifest("ConfigMap", "v1", data={"x": "${nothing.here}"}))
    page = component("page", type_="idle", endpoints={"http": endpoint()})
    caller = component("caller", needs=[needs("page")])
    done = validate(type_, page, caller)
    assert [line.split(": ")[2] for line in done.stdout.splitlines()] == [
        "ClusterComponentType idle"
    ]
    broken = {**type_, "spec": {**type_["spec"], "workload": "deployment"}}
    done = validate(broken)
    assert [line.split(": ")[2] for line in done.stdout.splitlines()] == [
        "ClusterComponentType idle"
    ]


def test_a_pipeline_in_a_circle(validate):
    ways = [("development", "staging"), ("staging", "production"), ("production", "staging")]
    done = validate(pipeline(ways))
    line = line_in("promotionPaths")
    assert done.stdout == (
        f"{FILE}:{line}:3: error: DeploymentPipeline default/standard: spec.promotionPaths:"
        " its promotion paths run in a circle: staging -> production -> staging"
        " (remove the way from production to staging)\n"
    )


def test_what_only_one_environment_has(validate):
    values = {"replicas": "three"}
    done = validate(
        binding("greeter", "production", name="g", componentTypeEnvironmentConfigs=values)
    )
    line = line_in("replicas: three")
    assert done.stdout == (
        f"{FILE}:{line}:5: error: ReleaseBinding default/g:"
        " spec.componentTypeEnvironmentConfigs.replicas: in production:"
        " while rendering Component default/greeter;"
        ' .replicas must be of type integer: "string"\n'
    )


def test_a_dependency_that_is_not_there_is_told_once_for_all_environments(validate):
    done = validate(*component("page", needs=[needs("greetr")]))
    line = line_in("component: greetr")
    assert done.stdout == (
        f"{FILE}:{line}:7: error: Workload default/page: spec.dependencies.endpoints[0]:"
        " needs the endpoint http of shop/greetr: there is no such component"
        " (did you mean greeter?)\n"
    )


def test_warnings_alone_are_no_failure(validate):
    done = validate(binding("gretter", "development", name="b"))
    line = line_in("componentName: gretter")
    assert done.exit_code == 0
    assert done.stdout == (
        f"{FILE}:{line}:5: warning: ReleaseBinding default/b: spec.owner.componentName:"
        " there is no Component gretter in project shop (did you mean greeter?)\n"
    )
    assert done.stderr.startswith("1 warning in 10 resources")


def test_what_is_there_twice(validate):
    Path("definitions/again.yaml").write_text(yaml.safe_dump(project("shop", a="b")))
    Path("definitions/other.yaml").write_text(yaml.safe_dump(project("shop", type={"name": "x"})))
    done = validate()
    assert done.stdout == (
        "definitions/again.yaml:7:3: error: Project default/shop: spec.a: unknown key"
        " (known: deploymentPipelineRef, parameters, type)\n"
        f"definitions/other.yaml:1:1: error: Project default/shop: is defined differently at"
        f" {FILE}:{line_in('kind: Project') - 1} (keep one of them)\n"
    )


class TestStackFiles:
    def test_every_mistake_has_its_place(self, validate):
        stack_file("development", bindings={"greter": {"releaseName": "x"}}, onProblem="stp")
        stack_file("prod")
        Path("Pulumi.staging.yaml").write_text("config:\n  a: b\n   c: d\n")
        done = validate()
        assert done.stdout == (
            "Pulumi.development.yaml:5:3: error: stack config: openchoreo:onProblem:"
            ' must be one of stop, isolate, not the string "stp" (did you mean stop?)\n'
            "Pulumi.prod.yaml:1:1: error: stack config: openchoreo:environment:"
            " there is no Environment prod in the definitions"
            " (known: development, production, staging)\n"
            "Pulumi.staging.yaml:3:5: error:"
            " there is a second ': ' in one line, or a key is indented wrongly"
            " (quote a value that contains ': ')\n"
        )

    def test_a_name_that_nothing_has(self, validate):
        stack_file("development", bindings={"greter": {"releaseName": "x"}})
        assert validate().stdout == (
            "Pulumi.development.yaml:3:5: error: stack config: openchoreo:bindings.greter:"
            " there is no component greter here (did you mean greeter?)\n"
        )

    def test_a_component_that_is_told_of_already_is_no_unknown_name(self, validate):
        stack_file("development", bindings={"page": {"state": "Active"}})
        assert "stack config" not in validate(*component("page", type_="x")).stdout

    def test_undeploying_what_is_gone_is_no_mistake(self, validate):
        stack_file("development", bindings={"page": {"state": "Undeploy"}})
        assert validate().stdout == ""

    def test_a_pin_is_a_matter_of_the_ledger(self, validate):
        stack_file("staging", bindings={"greeter": {"releaseName": "greeter-0123456789ab"}})
        assert validate().stdout == ""

    def test_overrides_are_rendered(self, validate):
        values = {"componentTypeEnvironmentConfigs": {"replica": 2}}
        stack_file("staging", bindings={"greeter": values})
        done = validate()
        assert done.exit_code == 0
        assert done.stdout == (
            "Pulumi.staging.yaml:5:9: warning: ReleaseBinding default/greeter-staging:"
            " spec.componentTypeEnvironmentConfigs.replica: while rendering Component"
            " default/greeter; ClusterComponentType service declares no replica"
            " (did you mean replicas?)\n"
        )

    def test_definitions_that_are_not_there(self, validate):
        stack_file("development", definitions=["gitops"])
        assert validate().stdout == (
            "Pulumi.development.yaml:3:5: error: stack config: openchoreo:definitions[0]:"
            f" there is no file or directory gitops (paths are relative to {Path.cwd()})\n"
        )

    def test_definitions_are_where_the_stack_says(self, world, validate):
        Path("definitions").rename("gitops")
        world.root = Path("gitops")
        stack_file("development", definitions=["gitops"])
        done = validate(*component("page", type_="nothing"))
        assert done.stdout.startswith("gitops/definitions.yaml:")

    def test_an_environment_outside_of_the_pipelines(self, validate):
        stack_file("lab", environment="lab")
        assert validate(environment("lab")).stdout == (
            "Pulumi.lab.yaml:2:3: error: Environment lab: openchoreo:environment:"
            " is not in DeploymentPipeline default/standard, with the environments"
            " development, staging, production (add it to spec.promotionPaths of a pipeline,"
            " or name another openchoreo:environment)\n"
        )

    def test_a_secret_value(self, validate):
        Path("Pulumi.development.yaml").write_text(
            "config:\n  openchoreo:bindings:\n    greeter:\n      secure: v1:x\n"
        )
        assert validate().stdout.startswith(
            "Pulumi.development.yaml:2:3: error: stack config: openchoreo:bindings:"
            " is a secret value; nothing under openchoreo: may hold one ("
        )

    def test_what_another_stack_deploys_is_not_missing(self, validate):
        page = component("page", needs=[needs("pay", project="payments")])
        stack_file("development", projectStacks={"payments": "acme/payments/development"})
        done = validate(page)
        assert done.exit_code == 1
        assert [line.split(": ")[4] for line in done.stdout.splitlines()] == [
            "in staging, production"
        ]

    def test_an_exported_release_that_is_not_whole(self, validate):
        Path("releases").mkdir()
        Path("releases/x.json").write_text("{")
        stack_file("development", releases=["releases"])
        done = validate()
        assert done.stdout.startswith("releases/x.json:")


class TestWhatOnlyARunKnows:
    """Outputs of Resources that the cluster or the program gives."""

    @pytest.fixture
    def documents(self):
        outputs = [{"name": "host", "value": "${applied.server.status.address}"}]
        return [
            database_type(outputs=outputs),
            database(),
            *(resource_binding("db", name) for name in ("development", "staging", "production")),
            *uses(component("page")),
        ]

    def test_files_do_not_know_them(self, validate, documents):
        done = validate(*documents)
        assert done.exit_code == 1
        assert "it is known only to the cluster" in done.stdout
        assert done.stdout.count("\n") == 1

    def test_a_cluster_does(self, validate, documents):
        for name in ("development", "staging", "production"):
            stack_file(name, dataPlanes={"default": {"context": "kind"}})
        assert validate(*documents).stdout == ""

    def test_and_so_may_the_program(self, validate, documents):
        Path("__main__.py").write_text("openchoreo.deploy(resources={'db': {'host': 'x'}})\n")
        assert validate(*documents).stdout == ""


class TestPolicyAndPapers:
    def test_a_rule_that_is_none(self, validate):
        Path("policy.yaml").write_text(
            "environments:\n  production:\n    soak: 24\n    aprovals: {count: 1}\n"
        )
        assert validate().stdout == (
            "policy.yaml:3:5: error: environments.production.soak:"
            " 24 is no length of time (write for example 30m, 24h or 7d)\n"
            "policy.yaml:4:5: error: environments.production.aprovals:"
            " unknown key (did you mean approvals?)\n"
        )

    def test_a_rule_for_nobody(self, validate):
        Path("policy.yaml").write_text("environments:\n  prod: {soak: 1h}\n")
        assert validate().stdout == (
            "policy.yaml:2:3: error: environments.prod: there is no Environment prod"
            " in the definitions (known: development, production, staging)\n"
        )

    def test_text_that_is_no_text(self, validate):
        Path("policy.yaml").write_bytes(b"\xff")
        assert validate().stdout.startswith("policy.yaml:1:1: error: cannot be read: ")

    def test_stack_config_that_takes_from_it(self, validate):
        Path("policy.yaml").write_text("environments:\n  production: {soak: 2h}\n")
        stack_file("production", gates={"soak": "1h"})
        assert validate().stdout == (
            "Pulumi.production.yaml:3:5: error: stack config: openchoreo:gates.soak: is less than"
            " what policy.yaml says: the policy asks for 2:00:00 (remove it, or ask for more)\n"
        )

    def test_it_says_what_only_warns(self, validate):
        Path("policy.yaml").write_text("relaxed: [7]\n")
        done = validate(*component("page", needs=[needs("greetr")]))
        assert (done.exit_code, ": warning: Workload" in done.stdout) == (0, True)

    def test_lenient_goes_before_it(self, validate):
        done = validate(*component("page", needs=[needs("greetr")]), arguments=["--lenient"])
        assert (done.exit_code, ": warning: Workload" in done.stdout) == (0, True)

    def test_papers(self, validate):
        digest = "0" * 64
        for folder in ("approvals/production", "attestations/prod"):
            Path(folder).mkdir(parents=True)
        Path(f"approvals/production/{digest}.yaml").write_text(
            f"environment: staging\ndigest: sha256:{digest}\napprovals: []\n"
        )
        done = validate()
        assert done.stdout == (
            f"approvals/production/{digest}.yaml:1:1: error: environment: is for staging, and lies"
            " where those for production are (a paper is valid where it was written for)\n"
            "attestations/prod: warning: there is no Environment prod in the definitions"
            " (known: development, production, staging)\n"
        )


class TestForms:
    PROBLEM = Problem(
        Stage.RENDER,
        "Component default/x",
        ("spec", "foo"),
        "while rendering\n50% is wrong",
        "write: 1, or 2",
        "a,b:c.yaml",
        3,
        5,
    )

    def test_text(self):
        assert line_of(Finding(self.PROBLEM, error=True, environments=("staging",))) == (
            "a,b:c.yaml:3:5: error: Component default/x: spec.foo: in staging:"
            " while rendering; 50% is wrong (write: 1, or 2)"
        )
        bare = Problem(Stage.LOAD, "", (), "is wrong")
        assert line_of(Finding(bare, error=False)) == "warning: is wrong"

    def test_github(self):
        assert annotation_of(Finding(self.PROBLEM, error=False)) == (
            "::warning file=a%2Cb%3Ac.yaml,line=3,col=5,title=Component default/x%3A spec.foo"
            "::while rendering; 50%25 is wrong (write: 1, or 2)"
        )
        bare = Problem(Stage.LOAD, "", (), "is wrong")
        assert annotation_of(Finding(bare, error=True)) == "::error ::is wrong"

    def test_github_of_a_repository(self, validate):
        done = validate(*component("page", type_="servce"), form="github")
        assert done.exit_code == 1
        assert done.stdout == (
            f"::error file={FILE},line={line_in('deployment/servce')},col=5,"
            "title=Component default/page%3A spec.componentType.name"
            "::there is no ClusterComponentType servce (did you mean service?)\n"
        )

    def test_json(self, validate):
        done = validate(*component("page", type_="servce"), form="json")
        assert (done.exit_code, done.stderr) == (1, "")
        assert json.loads(done.stdout) == {
            "problems": [
                {
                    "severity": "error",
                    "stage": "component",
                    "resource": "Component default/page",
                    "path": "spec.componentType.name",
                    "message": "there is no ClusterComponentType servce",
                    "hint": "did you mean service?",
                    "file": FILE,
                    "line": line_in("deployment/servce"),
                    "column": 5,
                    "environments": [],
                }
            ],
            "errors": 1,
            "warnings": 0,
            "complete": True,
            "resources": 11,
            "environments": ["development", "staging", "production"],
        }


class TestPaths:
    def test_only_what_is_named(self, world, run):
        stack_file("development", onProblem="nothing")
        world.write()
        assert run("validate", "definitions").exit_code == 0
        assert run("validate").exit_code == 1

    @pytest.mark.usefixtures("world")
    def test_one_that_is_not_there(self, run):
        done = run("validate", "definitons")
        assert (done.exit_code, done.stdout) == (
            1,
            "error: definitons: there is no such file or directory\n",
        )

    def test_a_directory_that_is_no_repository(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        done = run("validate")
        assert done.exit_code == 1
        assert done.stdout == (
            f"error: {tmp_path}: there are no stack files here, and no directory definitions"
            " (name what to look at: openchoreo validate PATH;"
            " or begin with: openchoreo init)\n"
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_finds_what_rendering_finds_and_nothing_where_that_finds_nothing(case):
    given = settings(case)
    own = kinds(case / "definitions.yaml")
    common = [file for file in sorted(COMMON.iterdir()) if not kinds(file) & own]
    relaxed = frozenset(given["relaxed"])
    found = validate_paths([case / "definitions.yaml", *common], relaxed=relaxed)
    try:
        due = bool(rendered(case, given).problems)
    except OpenChoreoError:
        due = True
    assert bool(found.errors) == due, found.findings


def test_a_resource_with_a_name_that_no_file_could_have(validate):
    odd = {**project("shop"), "metadata": {"name": "x" * 5000, "namespace": "a\0b"}, "spec": 1}
    done = validate(odd)
    assert done.exit_code == 1
    assert done.stdout.count("\n") >= 1
