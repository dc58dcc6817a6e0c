"""openchoreo ledger and releases, with a program in Pulumi's place."""

import json
from pathlib import Path

import pytest

from openchoreo.delivery import load_export
from tests.plan.definitions import component

LIST = "stack ls --fully-qualify-stack-names --json --non-interactive"
STAGING = "organization/shop/staging"


def said(world, *others):
    """What Pulumi says of the stacks that were deployed, and of others that were not."""
    found = {name: json.dumps(outputs) for name, outputs in world.outputs.items()}
    found.update(dict.fromkeys(others, "{}"))
    listed = json.dumps([{"name": name} for name in found])
    reads = {
        f"stack output --stack {name} --json --non-interactive": (0, outputs)
        for name, outputs in found.items()
    }
    return {LIST: (0, listed), **reads}


@pytest.fixture
def deployed(world):
    """greeter in development and staging, with two releases in development."""
    world.deploy()
    pin = {"greeter": {"releaseName": world.current("default/greeter")}}
    world.deploy("staging", bindings=pin)
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    return world


class TestExport:
    def test_every_stack_that_recorded_something_has_a_file(self, deployed, pulumi, run):
        pulumi(said(deployed, "organization/shop/production"))
        done = run("ledger", "export")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == (
            "ledgers/development.json: 1 component, 2 entries of history\n"
            "ledgers/staging.json: 1 component, 1 entry of history\n"
            "production has recorded nothing yet\n"
        )
        for name in ("development", "staging"):
            text = Path(f"ledgers/{name}.json").read_text("utf-8")
            found = load_export(text, source=name)
            assert found.ledger.dumps() == deployed.outputs[found.stack]["pipeline"]
            assert found.documents.dumps() == deployed.outputs[found.stack]["releases"]

    def test_one_stack_by_its_short_or_its_full_name(self, deployed, pulumi, run):
        pulumi(said(deployed))
        for name in ("staging", STAGING):
            assert run("ledger", "export", "--stack", name).stdout == (
                "ledgers/staging.json: 1 component, 1 entry of history\n"
            )

    def test_a_stack_that_is_not_there(self, deployed, pulumi, run):
        pulumi(said(deployed))
        done = run("ledger", "export", "--stack", "stagin")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "Stack stagin\n  there is no such stack\n  did you mean staging?\n"

    def test_a_ledger_that_is_damaged_is_not_exported(self, deployed, pulumi, run):
        outputs = deployed.outputs[STAGING]
        outputs["pipeline"] = outputs["pipeline"].replace("ada", "eve")
        pulumi(said(deployed))
        done = run("ledger", "export")
        assert done.exit_code == 1
        assert "Stack organization/shop/staging: digest" in done.stderr

    def test_again_it_writes_what_is_newer(self, deployed, pulumi, run):
        pulumi(said(deployed))
        run("ledger", "export")
        deployed.define(*component("greeter", image="app:3"))
        deployed.deploy()
        pulumi(said(deployed))
        assert "3 entries" in run("ledger", "export").stdout

    def test_a_file_with_more_than_the_stack_has_is_not_written_over(self, deployed, pulumi, run):
        pulumi(said(deployed))
        run("ledger", "export")
        del deployed.outputs["organization/shop/development"]
        deployed.deploy()
        pulumi(said(deployed))
        done = run("ledger", "export", "--stack", "development")
        assert done.exit_code == 1
        assert done.stderr == (
            "ledgers/development.json\n"
            "  holds entries that its stack does not have; they would be lost\n"
            "  bring them back first: python -m openchoreo ledger import ledgers/development.json"
            " --stack <stack>; or move it away\n"
        )


class TestImport:
    def test_a_file_that_is_not_there(self, deployed, pulumi, run):
        pulumi(said(deployed))
        done = run("ledger", "import", "ledgers/x.json", "--stack", "staging")
        assert (done.exit_code, done.stderr) == (1, "ledgers/x.json\n  there is no such file\n")

    def test_what_the_stack_has_already(self, deployed, pulumi, run):
        pulumi(said(deployed))
        run("ledger", "export")
        root = {
            "urn": "urn:pulumi:staging::shop::pulumi:pulumi:Stack::shop-staging",
            "type": "pulumi:pulumi:Stack",
            "outputs": deployed.outputs[STAGING],
        }
        state = json.dumps({"version": 3, "deployment": {"resources": [root]}})
        export = f"stack export --stack {STAGING} --non-interactive"
        pulumi({**said(deployed), export: (0, state)})
        done = run("ledger", "import", "ledgers/staging.json", "--stack", "staging")
        assert (done.exit_code, done.stdout) == (
            0,
            f"{STAGING} holds all of ledgers/staging.json already; nothing was changed\n",
        )

    def test_the_stack_of_another_environment(self, deployed, pulumi, run):
        pulumi(said(deployed))
        run("ledger", "export")
        done = run("ledger", "import", "ledgers/staging.json", "--stack", "development")
        assert (done.exit_code, done.stderr) == (
            1,
            (
                "ledgers/staging.json\n"
                "  is the ledger of staging, and stack organization/shop/development is for "
                "development\n"
                "  name the file of that environment, or the stack of this one\n"
            ),
        )

    def test_a_stack_whose_environment_has_another_name(self, deployed, pulumi, run, tmp_path):
        pulumi(said(deployed, "organization/shop/stage-eu"))
        run("ledger", "export")
        (tmp_path / "Pulumi.stage-eu.yaml").write_text(
            "config:\n  openchoreo:environment: staging\n"
        )
        name = "organization/shop/stage-eu"
        answers = said(deployed, name)
        answers[f"stack export --stack {name} --non-interactive"] = (0, '{"deployment": {}}')
        answers[f"stack import --stack {name} --non-interactive"] = (0, "")
        pulumi(answers)
        done = run("ledger", "import", "ledgers/staging.json", "--stack", "stage-eu")
        assert (done.exit_code, done.stdout) == (
            0,
            (
                "organization/shop/stage-eu has its ledger of staging back, 1 component; "
                "next: pulumi up --stack stage-eu\n"
            ),
        )


class TestReleases:
    def test_they_are_files_named_by_content_and_what_they_share_lies_beside(
        self, deployed, pulumi, run, tmp_path
    ):
        pulumi(said(deployed))
        done = run("releases", "export")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == "releases: 3 releases, 3 of them new\n"
        files = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("releases/**/*.*"))
        assert len(files) == 5
        assert [one.rpartition("-")[0] for one in files[:2]] == ["releases/greeter"] * 2
        assert [one.rpartition("/")[0] for one in files[2:4]] == ["releases/parts"] * 2
        assert files[4].startswith("releases/shop-")

    def test_a_run_reads_them(self, deployed, pulumi, run):
        from openchoreo.delivery import load_store
        from openchoreo.workspace.recall import read_exported

        pulumi(said(deployed))
        run("releases", "export", "--output", "kept")
        found = read_exported(["kept"])
        outputs = deployed.outputs["organization/shop/development"]
        store = load_store(outputs["releases"], source="x")
        assert found.releases == store.releases
        assert found.parts == store.parts

    def test_again_nothing_is_new(self, deployed, pulumi, run):
        pulumi(said(deployed))
        run("releases", "export")
        assert run("releases", "export").stdout == "releases: 3 releases, 0 of them new\n"

    def test_a_release_that_is_not_what_its_digest_says_is_not_exported(
        self, deployed, pulumi, run, tmp_path
    ):
        outputs = deployed.outputs[STAGING]
        outputs["releases"] = outputs["releases"].replace("app:1", "app:9")
        pulumi(said(deployed))
        done = run("releases", "export", "--stack", "staging")
        assert done.exit_code == 1
        assert "is not the release it is kept as" in done.stderr
        assert not (tmp_path / "releases").exists()

    def test_a_directory_that_cannot_be_written_is_told(self, deployed, pulumi, run, tmp_path):
        pulumi(said(deployed))
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / "parts").write_text("in the way")
        done = run("releases", "export", "--output", "kept")
        assert done.exit_code == 1
        assert done.stderr.startswith("kept/parts/")
        assert "cannot be written: " in done.stderr
