"""openchoreo move, with a program in Pulumi's place; tests/engine/test_splitting.py has the real one."""

import json
from pathlib import Path

import pytest
import yaml

from openchoreo.delivery import load_ledger
from tests.plan.definitions import component, project
from tests.plan.test_channels import channel

SHOP, BANK = "organization/shop/development", "organization/bank/development"
LIST = "stack ls --fully-qualify-stack-names --json --non-interactive"
TREE = "openchoreo:index:Environment"
MOVE = ("move", "bank", "--stack", SHOP, "--to", "bank", "--to-stack", BANK)


def prefix(stack):
    _, of, short = stack.split("/")
    return f"urn:pulumi:{short}::{of}::"


def state(stack, outputs, projects=(), *, channels=False, **more):
    """What Pulumi exports of a stack that has projects of one object each."""
    urns = prefix(stack)
    _, of, short = stack.split("/")
    root = {"urn": f"{urns}pulumi:pulumi:Stack::{of}-{short}", "type": "pulumi:pulumi:Stack"}
    environment = {"urn": f"{urns}{TREE}::{short}", "type": TREE, "parent": root["urn"]}
    files = {
        "urn": f"{urns}pulumi:providers:openchoreo-files::default",
        "type": "pulumi:providers:openchoreo-files",
        "id": "p1",
        "inputs": {"directory": "manifests"},
        "outputs": {"directory": "manifests"},
    }
    resources = [{**root, "outputs": outputs}]
    resources += [files, environment] if projects else []
    for name in projects:
        resources += objects(urns, name, f"{files['urn']}::p1")
    if channels:
        type_ = "openchoreo-files:core/v1:ConfigMap"
        urn = f"{urns}{TREE}${type_}::default/alerts"
        resources.append({"urn": urn, "type": type_, "parent": environment["urn"]})
    return {"version": 3, "deployment": {"resources": resources, **more}}


def objects(urns, name, provider):
    own = {
        "urn": f"{urns}{TREE}$openchoreo:index:Project::default/{name}",
        "type": "openchoreo:index:Project",
    }
    type_ = "openchoreo-files:core/v1:Namespace"
    urn = f"{urns}{TREE}$openchoreo:index:Project${type_}::default/ns-{name}"
    return [
        own,
        {"urn": urn, "type": type_, "parent": own["urn"], "id": name, "provider": provider},
    ]


@pytest.fixture
def two(world, pulumi, tmp_path):
    """shop and bank in one stack, which says that it goes on with shop alone; bank has a folder."""
    world.define(project("bank"), *component("api", of="bank"))
    world.deploy()
    (tmp_path / "bank").mkdir()
    say(tmp_path, "", projects=["shop"])
    say(tmp_path, "bank", definitions=["../definitions"], projects=["bank"])
    told(world, pulumi)
    return world


def say(root, folder, **config):
    """What a stack file says."""
    keys = {f"openchoreo:{key}": value for key, value in config.items()}
    (root / folder / "Pulumi.development.yaml").write_text(yaml.safe_dump({"config": keys}))


def told(world, pulumi, here=None, there=None):
    """What Pulumi says of both stacks."""
    here = here or state(SHOP, world.outputs[SHOP], ["bank", "shop"])
    there = there or state(BANK, {})
    pulumi(
        {
            LIST: (0, json.dumps([{"name": SHOP}, {"name": BANK}])),
            f"stack export --stack {SHOP} --non-interactive": (0, json.dumps(here)),
            f"stack export --stack {BANK} --non-interactive": (0, json.dumps(there)),
            f"stack import --stack {SHOP} --non-interactive": (0, ""),
            f"stack import --stack {BANK} --non-interactive": (0, ""),
        }
    )


def imported(folder="."):
    return json.loads(Path(folder, "imported.json").read_text())["deployment"]["resources"]


def test_the_source_is_written_last_and_keeps_the_rest(two, run):
    done = run(*MOVE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"{BANK} has default/bank: 1 component, 1 object\n"
        "next, in both folders: pulumi preview --stack <stack>, which changes no object\n"
    )
    left = imported()
    assert [one for one in left if "bank" in one["urn"]] == []
    assert len(left) == 5
    before, after = (
        load_ledger(outputs["pipeline"], source="x")
        for outputs in (two.outputs[SHOP], left[0]["outputs"])
    )
    assert [*after.components] == ["default/greeter"]
    assert after.components["default/greeter"] == before.components["default/greeter"]
    assert left[0]["outputs"]["releases"] == two.outputs[SHOP]["releases"]
    assert [*left[0]["outputs"]["summary"]] == ["default/greeter"]


@pytest.mark.usefixtures("two")
def test_a_dry_run_writes_nothing(run):
    done = run(*MOVE, "--dry-run")
    assert (done.exit_code, done.stdout) == (
        0,
        f"{BANK} would get default/bank: 1 component, 1 object\n",
    )
    assert not Path("imported.json").exists()


@pytest.mark.usefixtures("two")
def test_for_programs(run):
    done = run(*MOVE, "--dry-run", "-o", "json")
    assert json.loads(done.stdout) == {
        "from": SHOP,
        "to": BANK,
        "projects": ["default/bank"],
        "components": ["default/api"],
        "objects": 1,
        "left": ["default/shop"],
        "dryRun": True,
    }


def test_the_last_project_of_a_stack(two, run, tmp_path):
    say(tmp_path, "")
    say(tmp_path, "bank", definitions=["../definitions"])
    done = run("move", "shop", *MOVE[1:])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"{BANK} has default/bank, default/shop: 2 components, 2 objects\n"
        f"{SHOP} has no project any more, and a run would deploy them again;\n"
        f"next: pulumi stack rm --force {SHOP}, which deletes no object\n"
    )
    ledger = load_ledger(imported()[0]["outputs"]["pipeline"], source="x")
    assert (ledger.components, ledger.projects) == ({}, {})
    assert two.outputs[SHOP]["releases"] == imported()[0]["outputs"]["releases"]


def test_what_was_moved_already_is_left(two, pulumi, run):
    run(*MOVE)
    here = {"deployment": {"resources": imported()}}
    told(two, pulumi, here, state(BANK, {}, ["bank"]))
    Path("imported.json").unlink()
    done = run(*MOVE)
    assert (done.exit_code, done.stdout) == (
        0,
        f"{BANK} has all of it already; nothing was changed\n",
    )
    assert not Path("imported.json").exists()


class TestRefused:
    """Nothing is written."""

    @pytest.fixture
    def refusal(self, two, run):  # noqa: ARG002 - the folders
        def of(*arguments):
            done = run(*(arguments or MOVE))
            assert (done.exit_code, done.stdout) == (1, "")
            assert not Path("imported.json").exists()
            return done.stderr

        return of

    def test_a_source_that_would_deploy_it_again(self, refusal, tmp_path):
        say(tmp_path, "")
        assert refusal() == (
            f"Stack {SHOP}\n"
            "  would deploy default/bank again: openchoreo:projects does not leave it out\n"
            "  say what it goes on with: openchoreo:projects: [default/shop]\n"
        )

    def test_a_source_that_is_narrowed_to_it(self, refusal, tmp_path):
        say(tmp_path, "", projects=["bank"])
        assert refusal().splitlines()[2] == (
            "  say what it goes on with: openchoreo:projects: [default/shop]"
        )

    def test_a_target_that_would_not_go_on_with_it(self, refusal, tmp_path):
        say(tmp_path, "bank", definitions=["../definitions"], projects=["shop"])
        assert refusal() == (
            f"Stack {BANK}\n"
            "  would not deploy default/bank: it is not among its projects\n"
            "  see openchoreo:projects and openchoreo:definitions of that stack\n"
        )

    def test_another_environment(self, refusal, tmp_path):
        say(tmp_path, "bank", definitions=["../definitions"], environment="staging")
        assert refusal() == f"Stack {BANK}\n  is for staging, and {SHOP} for development\n"

    def test_a_set(self, refusal, tmp_path):
        say(tmp_path, "", projects=["shop"], set="sha256:" + "0" * 64)
        assert refusal() == (
            f"Stack {SHOP}\n"
            "  is promoted as a set (openchoreo:set), which cannot be in two stacks\n"
            "  pin each component of it instead\n"
        )

    def test_an_update_that_was_interrupted(self, two, pulumi, refusal):
        here = state(SHOP, two.outputs[SHOP], ["bank", "shop"], pending_operations=[{}])
        told(two, pulumi, here)
        assert refusal() == (
            f"Stack {SHOP}\n"
            "  an update of it was interrupted\n"
            "  pulumi refresh --clear-pending-creates, and pulumi up\n"
        )

    def test_a_folder_that_is_not_there(self, refusal):
        arguments = [*MOVE]
        arguments[arguments.index("bank", 2)] = "nowhere"
        assert refusal(*arguments) == "nowhere\n  there is no such folder\n"

    def test_a_project_that_is_not_called_so(self, refusal):
        assert refusal("move", "bnak", *MOVE[2:]) == (
            f"Stack {SHOP}\n  has no project bnak\n  did you mean bank?\n"
        )

    def test_the_same_stack(self, refusal):
        assert refusal("move", "bank", "--stack", SHOP, "--to", ".", "--to-stack", SHOP) == (
            f"Stack {SHOP}\n  is the stack that it is to be moved to as well\n"
        )

    def test_a_stack_that_has_recorded_nothing(self, two, pulumi, refusal):
        told(two, pulumi, state(SHOP, {}))
        assert refusal() == f"Stack {SHOP}\n  has recorded nothing\n"

    def test_channels_that_nobody_would_keep(self, two, pulumi, refusal):
        here = state(SHOP, two.outputs[SHOP], ["bank", "shop"], channels=True)
        told(two, pulumi, here)
        assert refusal() == (
            f"Stack {SHOP}\n"
            "  would delete its notification channels, since it is narrowed now\n"
            "  pulumi config set openchoreo:notificationChannels true --stack development\n"
        )

    def test_channels_that_two_would_have(self, two, pulumi, refusal, tmp_path):
        two.define(channel("alerts"))
        two.write()
        here = state(SHOP, two.outputs[SHOP], ["bank", "shop"], channels=True)
        told(two, pulumi, here)
        say(tmp_path, "", projects=["shop"], notificationChannels=True)
        say(tmp_path, "bank", definitions=["../definitions"])
        assert refusal() == (
            f"Stack {BANK}\n"
            f"  would deploy the notification channels that {SHOP} has\n"
            "  set openchoreo:notificationChannels there to false\n"
        )
