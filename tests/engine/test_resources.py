"""Resources on a real engine: what the program hands over, what is retained, and other stacks."""

from __future__ import annotations

import pytest
import yaml

from tests.engine.runs import told
from tests.plan.definitions import (
    component,
    component_type,
    data_plane,
    database,
    database_type,
    endpoint,
    needs,
    platform,
    project,
    resource_binding,
    uses,
)

pytestmark = pytest.mark.engine

HANDED = """\
import pulumi

import openchoreo

files = pulumi.ProviderResource("openchoreo-files", "extra", {{"directory": "extra"}})


class Bucket(pulumi.CustomResource):
    \"\"\"Stands for anything that Pulumi makes: its id is known once it is there.\"\"\"

    def __init__(self, name):
        metadata = {{"name": name, "namespace": "cloud"}}
        inputs = {{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}}
        options = pulumi.ResourceOptions(provider=files)
        super().__init__("openchoreo-files:core/v1:ConfigMap", name, inputs, options)


bucket = Bucket("bucket")
openchoreo.deploy(resources={{"db": {{"host": {host}}}}})
"""


def definitions(tmp_path, *documents):
    folder = tmp_path / "definitions"
    folder.mkdir(exist_ok=True)
    every = [
        one for found in documents for one in (found if isinstance(found, tuple) else (found,))
    ]
    (folder / "all.yaml").write_text(yaml.safe_dump_all(every, sort_keys=False))
    return folder


@pytest.fixture
def shop(new_repository, tmp_path):
    """api uses db; both are bound in development."""
    folder = definitions(
        tmp_path,
        data_plane(),
        component_type(),
        *platform(),
        project("shop"),
        database_type(retainPolicy="Retain"),
        database(),
        resource_binding("db", "development"),
        *uses(component("api")),
    )
    return new_repository(tmp_path / "repository", folder, "shop")


def manifest(repository, kind, stack="development"):
    files = repository.files(f"manifests/{stack}")
    found = [yaml.safe_load(text) for text in files.values()]
    return next(one for one in found if one["kind"] == kind)


def without_place(done):
    """What was told, without file and line."""
    return told(done).rpartition("\n")[0]


def host(repository, stack="development"):
    container = manifest(repository, "Deployment", stack)["spec"]["template"]["spec"]["containers"]
    return container[0]["env"][0]["value"]


class TestHandedOver:
    def test_what_pulumi_makes_reaches_the_workload_in_one_run(self, shop):
        shop.write("__main__.py", HANDED.format(host="bucket.id"))
        preview = shop.preview("development", "--diff")
        assert preview.code == 0, preview.text
        assert "value: [unknown]" in preview.text
        shop.deployed("development")
        assert host(shop).startswith("ConfigMap/cloud/bucket") or "bucket" in host(shop)
        shop.deployed("development", "--expect-no-changes")
        preview = shop.preview("development", "--expect-no-changes")
        assert preview.code == 0, preview.text

    @pytest.mark.long
    def test_a_secret_is_refused_and_written_nowhere(self, shop):
        shop.deployed("development")
        before = host(shop)
        secret = 'pulumi.Output.secret("hunter2")'
        shop.write("__main__.py", HANDED.format(host=secret))
        for done in (shop.preview("development"), shop.up("development", "--continue-on-error")):
            assert done.code != 0
            assert "deploy(resources=...): db.host\n" in done.text
            assert "it is a secret, which would be written into a manifest" in done.text
            assert "hunter2" not in done.text
        assert host(shop) == before

    @pytest.mark.long
    def test_a_key_of_a_secret_is_a_reference(self, shop):
        path = shop.root / "definitions/all.yaml"
        text = path.read_text().replace("host: DB_HOST", "password: DB_PASSWORD")
        path.write_text(text)
        shop.write(
            "__main__.py",
            HANDED.format(host='"x"').replace(
                '{"host": "x"}', '{"password": openchoreo.SecretKey(bucket.id, "password")}'
            ),
        )
        shop.deployed("development")
        containers = manifest(shop, "Deployment")["spec"]["template"]["spec"]["containers"]
        (variable,) = containers[0]["env"]
        assert variable["name"] == "DB_PASSWORD"
        assert variable["valueFrom"]["secretKeyRef"]["key"] == "password"
        assert "bucket" in variable["valueFrom"]["secretKeyRef"]["name"]

    @pytest.mark.long
    def test_what_is_no_text_is_told_before_anything_runs(self, shop):
        shop.write("__main__.py", HANDED.format(host="[1]"))
        done = shop.up("development")
        assert told(done) == (
            "error: deploy(resources=...): db.host\n"
            "  it is list, and an output of a Resource is text\n"
            "  hand over text, an Output of text, SecretKey(...) or ConfigMapKey(...)"
        )


class TestRetained:
    def test_data_is_left_when_the_stack_is_destroyed(self, shop):
        shop.deployed("development")
        done = shop.pulumi("destroy", "--yes", "--skip-preview", stack="development")
        assert done.code == 0, done.text
        kinds = [yaml.safe_load(t)["kind"] for t in shop.files("manifests/development").values()]
        assert sorted(kinds) == ["ConfigMap", "Namespace", "StatefulSet"]
        shop.deployed("development")
        assert host(shop)

    @pytest.mark.long
    def test_and_when_it_is_undeployed(self, shop):
        shop.deployed("development")
        shop.set("development", "bindings.api.state", "Undeploy")
        shop.set("development", "resourceBindings.db.state", "Undeploy")
        shop.deployed("development")
        kinds = [yaml.safe_load(t)["kind"] for t in shop.files("manifests/development").values()]
        assert sorted(kinds) == ["ConfigMap", "Namespace", "StatefulSet"]
        shop.deployed("development", "--expect-no-changes")


class TestThroughThePipeline:
    def test_a_resource_is_promoted_before_who_uses_it(self, shop):
        shop.deployed("development")
        ledger = shop.ledger("development")
        release = ledger["resources"]["default/db"]["history"][0]["name"]
        shop.pin("staging")
        refused = shop.up("staging")
        assert without_place(refused).endswith(
            "  needs the Resource db: it is not deployed in staging\n"
            "  deploy it here first: pulumi config set --path "
            f"'openchoreo:resourceBindings.db.resourceRelease' {release} --stack staging"
        )
        command = without_place(refused).rpartition("deploy it here first: ")[2]
        _, _, _, _, path, value, *_ = command.split()
        shop.set("staging", path.strip("'").removeprefix("openchoreo:"), value)
        shop.deployed("staging")
        assert "-staging-" in host(shop, "staging")
        shop.deployed("staging", "--expect-no-changes")


class TestOtherStacks:
    @pytest.fixture
    def two(self, new_repository, tmp_path):
        """bank has api, shop has page that needs it; each is a Pulumi project of its own."""
        common = [data_plane(), component_type(), *platform()]
        api = component("api", of="bank", endpoints={"http": endpoint("namespace")})
        need = needs("api", project="bank", visibility="namespace")
        page = component("page", needs=[need])
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        bank_files = definitions(tmp_path / "a", *common, project("bank"), *api)
        shop_files = definitions(tmp_path / "b", *common, project("shop"), *page)
        bank = new_repository(tmp_path / "bank", bank_files, "bank")
        shop = new_repository(tmp_path / "shop", shop_files, "shop", bank.root / ".state")
        return bank, shop

    @pytest.mark.long
    def test_an_endpoint_of_another_pulumi_project(self, two):
        bank, shop = two
        need = "needs the endpoint http of bank/api: "
        assert f"{need}there is no such component" in told(shop.up("development"))
        shop.set("development", "projectStacks.bank", "organization/bank/development")
        assert without_place(shop.up("development")).endswith(
            f"  {need}stack organization/bank/development has recorded nothing, or was destroyed\n"
            "  deploy it there first: pulumi up --stack organization/bank/development"
        )
        bank.deployed("development")
        done = shop.deployed("development")
        assert "pulumi:pulumi:StackReference organization/bank/development" in done
        assert host(shop) == "http://api.dp-default-bank-development-0a45fa6c.svc.cluster.local:80"
        shop.deployed("development", "--expect-no-changes")

        bank.set("development", "bindings.api.state", "Undeploy")
        bank.deployed("development")
        assert "it is undeployed in stack organization/bank/development" in (
            told(shop.up("development"))
        )

    @pytest.mark.long
    def test_a_name_that_is_not_whole(self, two):
        _, shop = two
        shop.set("development", "projectStacks.bank", "development")
        assert told(shop.up("development")).startswith(
            "error: stack config: openchoreo:projectStacks.bank"
        )
