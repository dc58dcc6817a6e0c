"""openchoreo export, with a program in Pulumi's place."""

import json
from pathlib import Path

import pytest
import yaml

from openchoreo.catalog import load
from openchoreo.delivery import ReleaseStore
from tests.cli.test_ledger import said
from tests.differential.cases import samples
from tests.engine.walking import DATA_PLANE, documents
from tests.plan.definitions import (
    binding,
    component,
    component_type,
    database,
    database_type,
    manifest,
    resource,
    resource_binding,
)

EXAMPLE = Path(__file__).parents[2] / "definitions"


def config(stack, **keys):
    said = {f"openchoreo:{key}": value for key, value in keys.items()}
    Path(f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": said}), "utf-8")


@pytest.fixture
def walked(world):
    """greeter in development, and an older release of it in staging with overrides."""
    world.deploy()
    world.first = world.current("default/greeter")
    config_ = {"releaseName": world.first, "componentTypeEnvironmentConfigs": {"replicas": 2}}
    world.deploy("staging", bindings={"greeter": config_})
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    world.second = world.current("default/greeter")
    config("staging", bindings={"greeter": config_})
    return world


def files(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(Path(folder).rglob("*"))
        if file.is_file()
    }


GREETER = "namespaces/default/projects/shop/components/greeter"


class TestDocuments:
    def test_each_release_and_each_binding_is_a_file(self, walked, pulumi, run):
        pulumi(said(walked, "organization/shop/production"))
        done = run("export", "--output", "ex")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == (
            "production has recorded nothing yet\nex: 7 files, 7 new, 0 changed, 0 removed\n"
        )
        found = files("ex")
        shop = walked.plan().projects[0].release.name
        names = [
            f"{GREETER}/release-bindings/greeter-development.yaml",
            f"{GREETER}/release-bindings/greeter-staging.yaml",
            *sorted(f"{GREETER}/releases/{one}.yaml" for one in (walked.first, walked.second)),
            "namespaces/default/projects/shop/release-bindings/shop-development.yaml",
            "namespaces/default/projects/shop/release-bindings/shop-staging.yaml",
            f"namespaces/default/projects/shop/releases/{shop}.yaml",
        ]
        assert list(found) == [".openchoreo-export", *names]
        assert found[".openchoreo-export"] == "".join(f"{name}\n" for name in names)
        assert found[names[1]] == (
            "apiVersion: openchoreo.dev/v1alpha1\n"
            "kind: ReleaseBinding\n"
            "metadata:\n"
            "  name: greeter-staging\n"
            "  namespace: default\n"
            "spec:\n"
            "  componentTypeEnvironmentConfigs:\n"
            "    replicas: 2\n"
            "  environment: staging\n"
            "  owner:\n"
            "    componentName: greeter\n"
            "    projectName: shop\n"
            f"  releaseName: {walked.first}\n"
        )

    def test_again_nothing_is_written_and_what_is_new_is_told(self, walked, pulumi, run):
        pulumi(said(walked))
        run("export", "--output", "ex")
        before = files("ex")
        assert run("export", "--output", "ex").stdout == (
            "ex: 7 files, 0 new, 0 changed, 0 removed\n"
        )
        assert files("ex") == before
        walked.define(*component("greeter", image="app:3"))
        walked.deploy()
        pulumi(said(walked))
        told = (
            f"~ ex/{GREETER}/release-bindings/greeter-development.yaml\n"
            f"- ex/{GREETER}/releases/{walked.second}.yaml\n"
        )
        third = walked.current("default/greeter")
        assert run("export", "--output", "ex", "--dry-run").stdout == (
            f"+ ex/{GREETER}/releases/{third}.yaml\n{told}"
            "ex: 7 files, 1 new, 1 changed, 1 removed; nothing was written (--dry-run)\n"
        )
        assert files("ex") == before
        assert run("export", "--output", "ex").stdout == (
            f"{told}ex: 7 files, 1 new, 1 changed, 1 removed\n"
        )
        assert f"{GREETER}/releases/{walked.second}.yaml" not in files("ex")

    def test_of_one_stack_others_stay(self, walked, pulumi, run):
        pulumi(said(walked))
        run("export", "--output", "ex")
        before = files("ex")
        done = run("export", "--output", "ex", "--stack", "staging", "--format", "json")
        found = json.loads(done.stdout)
        assert (len(found["unchanged"]), found["removed"], found["written"]) == (4, [], True)
        assert files("ex") == before

    def test_what_somebody_else_wrote_is_not_written_over(self, walked, pulumi, run):
        pulumi(said(walked))
        file = Path(f"ex/{GREETER}/release-bindings/greeter-staging.yaml")
        file.parent.mkdir(parents=True)
        file.write_text("mine\n", "utf-8")
        done = run("export", "--output", "ex")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            f"{file}\n"
            "  is there already, and no export has written it\n"
            "  move it away, or export to another folder\n"
        )
        assert list(files("ex")) == [file.relative_to("ex").as_posix()]

    def test_files_beside_them_are_left_alone_and_an_index_leads_nowhere_else(
        self, walked, pulumi, run
    ):
        pulumi(said(walked))
        run("export", "--output", "ex")
        Path("ex/README.md").write_text("mine", "utf-8")
        Path("precious").write_text("mine", "utf-8")
        with Path("ex/.openchoreo-export").open("a", encoding="utf-8") as index:
            index.write(f"../precious\n{Path('precious').resolve()}\n")
        done = run("export", "--output", "ex")
        assert done.stdout == "ex: 7 files, 0 new, 0 changed, 0 removed\n"
        assert Path("ex/README.md").exists()
        assert Path("precious").exists()

    def test_overrides_that_are_not_deployed_yet_are_told(self, walked, pulumi, run):
        pulumi(said(walked))
        config(
            "development",
            bindings={"greeter": {"componentTypeEnvironmentConfigs": {"replicas": 5}}},
        )
        done = run("export", "--output", "ex")
        assert (done.exit_code, done.stderr) == (
            0,
            (
                "warning: default/greeter in development: what is rendered today is not what was"
                " deployed last; see pulumi preview --stack development\n"
            ),
        )

    def test_problems_of_all_stacks_are_told_together(self, walked, pulumi, run):
        config("development", bindings={"greter": {}})
        config("staging", namespaces=["nowhere"])
        pulumi(said(walked))
        done = run("export", "--output", "ex")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            "2 problems\n\n"
            "stack config: openchoreo:bindings.greter\n"
            "  there is no component greter here\n"
            "  did you mean greeter?\n"
            "  Pulumi.development.yaml:3\n\n"
            "stack config: openchoreo:namespaces[0]\n"
            "  there is no namespace nowhere here\n"
            "  known: default\n"
            "  Pulumi.staging.yaml:3\n"
        )
        assert not Path("ex").exists()

    def test_a_document_that_nobody_keeps(self, walked, pulumi, run):
        walked.outputs[walked.full("staging")]["releases"] = ReleaseStore().dumps()
        pulumi(said(walked))
        done = run("export", "--output", "ex")
        assert done.exit_code == 1
        assert "Stack organization/shop/staging: release sha256:" in done.stderr


class TestWholeRepository:
    def test_it_can_be_read_alone_and_renders_what_runs(self, world, pulumi, run):
        world.define(*component("build"), database_type(), database())
        world.define(binding("greeter", "production", componentTypeEnvironmentConfigs={}))
        world.deploy(resourceBindings={"db": {}})
        config("development", resourceBindings={"db": {}})
        pulumi(said(world))
        assert run("export", "--output", "repo", "--with-definitions").exit_code == 0
        bound = Path("Pulumi.development.yaml")
        original = run("render", "--environment", "development", "--bindings", bound).stdout
        assert "StatefulSet" in original
        assert run("render", "--definitions", "repo", "--environment", "development").stdout == (
            original
        )
        kinds = {one.kind for one in load([Path("repo")]).resources.values()}
        assert kinds == {
            "ClusterComponentType",
            "ClusterDataPlane",
            "ClusterResourceType",
            "Component",
            "ComponentRelease",
            "DeploymentPipeline",
            "Environment",
            "Project",
            "ProjectRelease",
            "ProjectReleaseBinding",
            "ReleaseBinding",
            "Resource",
            "ResourceRelease",
            "ResourceReleaseBinding",
            "Workload",
        }

    def test_what_is_not_read_is_told(self, world, pulumi, run):
        world.define(resource("ClusterWorkflow", "docker", {}), resource("Workflow", "x", {}))
        world.deploy()
        pulumi(said(world))
        done = run("export", "--output", "repo", "--with-definitions")
        assert done.stderr == (
            "warning: 1 document of kind ClusterWorkflow left out: OpenChoreo alone reads them\n"
            "warning: 1 document of kind Workflow left out: OpenChoreo alone reads them\n"
        )

    @pytest.mark.parametrize(
        "tree",
        [
            "example",
            pytest.param(
                "oc-from-image-doclet",
                marks=pytest.mark.skipif(samples() is None, reason="no public samples here"),
            ),
        ],
    )
    def test_real_inputs(self, world, pulumi, run, tree):
        world.named.clear()
        if tree == "example":
            texts = [file.read_text("utf-8") for file in sorted(EXAMPLE.rglob("*.yaml"))]
            found = [one for text in texts for one in yaml.safe_load_all(text)]
        else:
            found = [*documents(tree), yaml.safe_load(DATA_PLANE)]
        world.define(*found)
        world.deploy()
        pulumi(said(world))
        done = run("export", "--output", "repo", "--with-definitions", "--format", "json")
        assert done.exit_code == 0
        rendered = run("render", "--definitions", "repo", "--environment", "development")
        assert (rendered.exit_code, rendered.stdout) == (
            0,
            run("render", "--environment", "development").stdout,
        )


class TestTrees:
    """Manifests for tools that deploy from git."""

    @pytest.fixture
    def stored(self, world):
        world.define(database_type(retainPolicy="Retain"), database())
        world.define(resource_binding("db", "development"))
        world.deploy()
        return world

    def test_flux(self, stored, pulumi, run):
        pulumi(said(stored))
        done = run("export", "--layout", "flux", "--output", "deploy", "--source", "fleet")
        assert (done.exit_code, done.stderr) == (0, "")
        found = {
            name: yaml.safe_load(text) for name, text in files("deploy").items() if "/" in name
        }
        assert found["kustomizations/development-default.yaml"] == {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "shop-development-default", "namespace": "flux-system"},
            "spec": {
                "interval": "10m",
                "path": "./deploy/development/default",
                "prune": True,
                "sourceRef": {"kind": "GitRepository", "name": "fleet"},
            },
        }
        kustomization = found["development/default/kustomization.yaml"]
        assert kustomization["kind"] == "Kustomization"
        manifests = {f"development/default/{name}" for name in kustomization["resources"]}
        assert manifests == {
            name
            for name in found
            if name.startswith("development/default/") and "kustomization" not in name
        }
        notes = {
            found[name]["kind"]: found[name]["metadata"].get("annotations") for name in manifests
        }
        kept = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
        assert (notes["StatefulSet"], notes["Deployment"]) == (kept, None)

    def test_argo(self, stored, pulumi, run):
        pulumi(said(stored))
        done = run(
            *("export", "--layout", "argo", "--output", "deploy"),
            *("--repository", "https://git.example.com/deploy.git"),
            *("--repository-path", "apps/shop", "--destination", "default=in-cluster"),
        )
        assert (done.exit_code, done.stderr) == (0, "")
        found = {
            name: yaml.safe_load(text) for name, text in files("deploy").items() if "/" in name
        }
        assert found["applications/development-default.yaml"] == {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": "shop-development-default", "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {
                    "repoURL": "https://git.example.com/deploy.git",
                    "targetRevision": "HEAD",
                    "path": "apps/shop/development/default",
                    "directory": {"recurse": True},
                },
                "destination": {"name": "in-cluster"},
                "syncPolicy": {
                    "automated": {"prune": True},
                    "syncOptions": ["ServerSideApply=true"],
                },
            },
        }
        assert not any("kustomization" in name for name in found)
        (server,) = (one for one in found.values() if one["kind"] == "StatefulSet")
        assert server["metadata"]["annotations"] == {
            "argocd.argoproj.io/sync-options": "Prune=false"
        }

    def test_manifests_are_those_that_render_prints(self, walked, pulumi, run):
        pulumi(said(walked))
        run("export", "--layout", "flux", "--output", "deploy")
        found = {
            text
            for name, text in files("deploy/development/default").items()
            if name != "kustomization.yaml"
        }
        printed = run("render", "--environment", "development").stdout
        assert found == set(printed.split("---\n"))

    def test_a_secret_with_data_goes_into_no_repository(self, world, pulumi, run):
        world.define(component_type("service", manifest("Secret", "v1", stringData={"a": "b"})))
        world.deploy()
        pulumi(said(world))
        done = run("export", "--layout", "flux", "--output", "deploy")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            "Secret dp-default-shop-development-276893d5/greeter\n"
            "  has data, which would be in git for development\n"
            "  write an OpenChoreo SecretReference, which names the key in the secret store;"
            " the cluster fetches the value\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["--layout", "argo"], "Argo CD needs --repository"),
            (["--layout", "flux", "--with-definitions"], "is for --layout openchoreo"),
            (["--layout", "flux", "--destination", "x"], "takes <data plane>=<cluster>"),
        ],
    )
    def test_wrong_usage(self, walked, pulumi, run, arguments, told):
        pulumi(said(walked))
        done = run("export", "--output", "deploy", *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert told in done.stderr

    def test_a_folder_outside_of_a_repository_needs_its_path_there(self, tmp_path, run):
        done = run("export", "--output", tmp_path / "deploy", "--layout", "flux")
        assert done.exit_code == 2
        assert "say with --repository-path" in done.stderr
