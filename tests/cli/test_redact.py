"""openchoreo releases redact, with a program in Pulumi's place."""

import json
from pathlib import Path

import pytest

from openchoreo.delivery import load_ledger, load_store
from tests.cli.test_ledger import said
from tests.plan.definitions import component

DEVELOPMENT = "organization/shop/development"
STAGING = "organization/shop/staging"
WHOAMI = "whoami --verbose --json --non-interactive"

MAY_HOLD = (
    "MAY HOLD IT                                     LOOK AT\n"
    "older versions of the state in file:///backend  history, backups and .bak files of"
    " shop/development below .pulumi\n"
    "git                                             commits with the definitions, with exported"
    " files, or with rendered manifests\n"
    "clusters                                        older ReplicaSets and ConfigMaps, and backups"
    " of etcd\n"
    "whoever has read it                             so change the credential itself, now\n"
)


@pytest.fixture(autouse=True)
def ada(monkeypatch):
    monkeypatch.setenv("GITHUB_ACTOR", "ada")


@pytest.fixture
def old(world):
    """greeter ran with app:1 in development, and runs with app:2 now."""
    world.deploy()
    name = world.current("default/greeter")
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    return name


def answers(world, stack=DEVELOPMENT, **more):
    root = {"urn": "urn:x", "type": "pulumi:pulumi:Stack", "outputs": world.outputs[stack]}
    state = {"version": 3, "deployment": {"resources": [root, {"type": "other", "urn": "urn:y"}]}}
    return {
        **said(world),
        f"stack export --stack {stack} --non-interactive": (0, json.dumps(state)),
        f"stack import --stack {stack} --non-interactive": (0, ""),
        WHOAMI: (0, json.dumps({"url": "file:///backend"})),
        **more,
    }


def digest_of(world, name, stack=DEVELOPMENT):
    ledger = load_ledger(world.outputs[stack]["pipeline"], source="x")
    entries = ledger.recorded("default/greeter").history
    return next(one.release for one in entries if one.name == name)


def imported():
    """The outputs in the state that was written."""
    resources = json.loads(Path("imported.json").read_text())["deployment"]["resources"]
    assert resources[1] == {"type": "other", "urn": "urn:y"}
    return resources[0]["outputs"]


def test_the_document_goes_and_the_evidence_stays(world, old, pulumi, run):
    before = dict(world.outputs[DEVELOPMENT])
    digest = digest_of(world, old)
    pulumi(answers(world))
    done = run(
        "releases", "redact", old, "--stack", "development", "--reason", "a password", "--yes"
    )
    assert done.exit_code == 0, done.stderr
    assert done.stderr == f"{DEVELOPMENT} keeps {old} no longer; its evidence stays.\n"
    current = world.current("default/greeter")
    part = f"stack {DEVELOPMENT}, ClusterComponentType service"
    assert done.stdout == (
        f"{'STILL HOLDS IT'.ljust(len(part))}  NEXT\n"
        f"{part}  is part of {current} as well; redact them too, if it stood there\n"
        f"\n{MAY_HOLD}"
    )
    outputs = imported()
    ledger = load_ledger(outputs["pipeline"], source="x")
    former = load_ledger(before["pipeline"], source="x")
    assert ledger.model_copy(update={"redacted": {}}) == former
    said_of_it = ledger.redacted[digest]
    assert (said_of_it.by, said_of_it.reason) == ("ada", "a password")
    assert "app:1" not in json.dumps(outputs)
    kept = load_store(outputs["releases"], source="x")
    had = load_store(before["releases"], source="x")
    assert kept.releases.keys() == had.releases.keys() - {digest}
    assert {key: outputs[key] for key in ("summary", "urls")} == {
        key: before[key] for key in ("summary", "urls")
    }


def test_the_next_run_changes_nothing_and_the_release_never_comes_back(world, old, pulumi, run):
    world.deploy("staging", bindings={"greeter": {"releaseName": world.current("default/greeter")}})
    pulumi(answers(world))
    run("releases", "export", "--output", "kept")
    run("releases", "redact", old, "--stack", "development", "--reason", "a password", "--yes")
    world.outputs[DEVELOPMENT] = imported()
    world.deploy(releases=["kept"])
    assert world.outputs[DEVELOPMENT] == imported()

    since = load_ledger(imported()["pipeline"], source="x").redacted[digest_of(world, old)].since
    told = f"{old} was redacted in development on {since} by ada: a password\n"
    pin = {"greeter": {"releaseName": old}}
    assert world.refusal(bindings=pin, releases=["kept"]) == (
        "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
        f"  {told}"
        "  it can run no more; deploy another release"
    )
    assert world.refusal("staging", bindings=pin, releases=["kept"]) == (
        "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
        f"  {told}"
        "  it can run no more; deploy another release"
    )
    world.define(*component("greeter", image="app:1"))
    assert world.refusal().partition("\n  definitions/")[0] == (
        "Component default/greeter\n"
        f"  {told}"
        "  today's definitions make it again\n"
        "  take out of them what was redacted; what they make then is another release"
    )
    world.define(*component("greeter", image="app:3"))
    world.deploy(releases=["kept"])
    store = load_store(world.outputs[DEVELOPMENT]["releases"], source="x")
    assert digest_of(world, old) not in store
    assert (
        digest_of(world, old)
        in load_ledger(world.outputs[DEVELOPMENT]["pipeline"], source="x").redacted
    )


def test_a_stack_that_runs_it_goes_on_with_its_own_document(world, pulumi, run):
    world.deploy()
    name = world.current("default/greeter")
    pin = {"greeter": {"releaseName": name}}
    world.deploy("staging", bindings=pin)
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    pulumi(answers(world))
    done = run("releases", "redact", name, "--stack", "development", "--yes")
    assert f"stack {STAGING}" in done.stdout
    assert f"openchoreo releases redact {name} --stack staging\n" in done.stdout
    world.outputs[DEVELOPMENT] = imported()
    before = world.outputs[STAGING]
    world.deploy("staging", bindings=pin)
    assert world.outputs[STAGING] == before


def test_files_that_hold_it_are_named_and_those_with_evidence_only_are_not(world, old, pulumi, run):
    digest = digest_of(world, old)
    pulumi(answers(world))
    run("ledger", "export")
    run("releases", "export")
    Path("notes.json").write_text(json.dumps({"digest": digest}))
    Path("broken.json").write_text(f'{{"{digest}"')
    Path("list.json").write_text(json.dumps([digest]))
    done = run("releases", "redact", digest, "--stack", DEVELOPMENT, "--yes", "-o", "json")
    found = json.loads(done.stdout)
    assert found["release"] == old
    assert found["redacted"].keys() == {"since", "by"}
    assert [one["where"] for one in found["holds"]][1:] == [
        "ledgers/development.json",
        f"releases/{old}.json",
    ]
    assert len(found["mayHold"]) == 4
    world.outputs[DEVELOPMENT] = imported()
    pulumi(answers(world))
    run("ledger", "export")
    again = run("releases", "redact", old, "--stack", "development", "-o", "json")
    assert [one["where"] for one in json.loads(again.stdout)["holds"]] == [f"releases/{old}.json"]
    assert again.stderr.startswith(f"{DEVELOPMENT}: {old} was redacted on ")
    assert again.stderr.endswith(" by ada already.\n")


def test_an_export_with_a_redaction_is_not_written_over_by_a_stack_without(world, old, pulumi, run):
    before = world.outputs[DEVELOPMENT]
    pulumi(answers(world))
    run("releases", "redact", old, "--stack", "development", "--yes")
    world.outputs[DEVELOPMENT] = imported()
    pulumi(answers(world))
    assert run("ledger", "export").exit_code == 0
    world.outputs[DEVELOPMENT] = before
    pulumi(answers(world))
    done = run("ledger", "export")
    assert done.exit_code == 1
    assert "holds entries that its stack does not have" in done.stderr


def test_an_older_export_does_not_bring_it_back(world, old, pulumi, run):
    pulumi(answers(world))
    run("ledger", "export")
    run("releases", "redact", old, "--stack", "development", "--yes")
    world.outputs[DEVELOPMENT] = imported()
    pulumi(answers(world))
    done = run("ledger", "import", "ledgers/development.json", "--stack", "development")
    assert done.stdout == (
        f"{DEVELOPMENT} holds all of ledgers/development.json already; nothing was changed\n"
    )


def test_an_export_brings_the_redaction_to_a_stack_that_was_lost(world, old, pulumi, run):
    pulumi(answers(world))
    run("releases", "redact", old, "--stack", "development", "--yes")
    world.outputs[DEVELOPMENT] = imported()
    pulumi(answers(world))
    run("ledger", "export")
    world.outputs[DEVELOPMENT] = {}
    pulumi(answers(world))
    run("ledger", "import", "ledgers/development.json", "--stack", "development")
    assert old in world_told(world, imported(), old)


def world_told(world, outputs, old):
    world.outputs[DEVELOPMENT] = outputs
    return world.refusal(bindings={"greeter": {"releaseName": old}})


def test_it_is_shown_no_more_though_a_directory_has_it(world, old, pulumi, run):
    Path("Pulumi.development.yaml").write_text("config:\n  openchoreo:releases: [releases]\n")
    pulumi(answers(world))
    run("releases", "export")
    assert "app:1" in run("releases", "show", old).stdout
    run("releases", "redact", old, "--stack", "development", "--yes")
    world.outputs[DEVELOPMENT] = imported()
    pulumi(answers(world))
    done = run("releases", "show", old)
    assert (done.exit_code, done.stdout) == (1, "")
    since = load_ledger(imported()["pipeline"], source="x").redacted[digest_of(world, old)].since
    assert done.stderr == f"{old}\n  was redacted in development on {since} by ada\n"


class TestRefusals:
    def refused(self, run, *arguments):
        done = run("releases", "redact", *arguments)
        assert (done.exit_code, done.stdout) == (1, "")
        assert not Path("imported.json").exists()
        return done.stderr

    def test_what_runs(self, world, pulumi, run):
        world.deploy()
        pulumi(answers(world))
        name = world.current("default/greeter")
        assert self.refused(run, name, "--stack", "development", "--yes") == (
            f"Stack {DEVELOPMENT}\n"
            f"  runs {name} (default/greeter)\n"
            "  first deploy a release that does not hold what is to go: take it out of the"
            " definitions, or pin another one, then pulumi up --stack development\n"
        )

    def test_what_is_not_confirmed(self, world, old, pulumi, run):
        pulumi(answers(world))
        assert self.refused(run, old, "--stack", "development") == (
            "Nobody can be asked here; say --yes to have it redacted.\n"
        )

    def test_a_release_that_is_not_known(self, world, old, pulumi, run):
        pulumi(answers(world))
        wrong = f"{old[:-1]}_"
        assert self.refused(run, wrong, "--stack", "development", "--yes") == (
            f"Stack {DEVELOPMENT}\n  knows no release {wrong}\n  did you mean {old}?\n"
        )

    def test_a_stack_that_has_recorded_nothing(self, world, pulumi, run):
        world.outputs[DEVELOPMENT] = {}
        pulumi(answers(world))
        assert self.refused(run, "x", "--stack", "development", "--yes") == (
            f"Stack {DEVELOPMENT}\n  has recorded nothing\n"
        )

    def test_a_stack_that_is_not_there(self, world, old, pulumi, run):
        pulumi(answers(world))
        assert self.refused(run, old, "--stack", "developmen", "--yes") == (
            "Stack developmen\n  there is no such stack\n  did you mean development?\n"
        )

    def test_a_stack_that_changes_in_the_meantime(self, world, old, pulumi, run):
        before = answers(world)
        world.define(*component("greeter", image="app:3"))
        world.deploy()
        export = f"stack export --stack {DEVELOPMENT} --non-interactive"
        pulumi({**before, export: answers(world)[export]})
        assert self.refused(run, old, "--stack", "development", "--yes") == (
            f"Stack {DEVELOPMENT}\n  has changed in the meantime\n  run the command again\n"
        )

    def test_a_damaged_ledger(self, world, old, pulumi, run):
        outputs = world.outputs[DEVELOPMENT]
        outputs["pipeline"] = outputs["pipeline"].replace("ada", "eve")
        pulumi(answers(world))
        text = self.refused(run, old, "--stack", "development", "--yes")
        assert "its ledger was changed after it was written" in text


def test_another_stack_that_cannot_be_read_is_told(world, old, pulumi, run):
    world.outputs[STAGING] = {"pipeline": "{}", "releases": "nonsense"}
    pulumi(answers(world))
    done = run("releases", "redact", old, "--stack", "development", "--yes", "-o", "json")
    assert {"where": f"stack {STAGING}", "way": "its releases cannot be read; look yourself"} in (
        json.loads(done.stdout)["holds"]
    )


BUCKET = "history and backups of shop/development below .pulumi, and versions that the bucket keeps"
SERVICE = "pulumi stack history --stack development; ask who runs the service"


@pytest.mark.parametrize(
    ("url", "way"), [("s3://states", BUCKET), ("https://pulumi.example", SERVICE)]
)
def test_other_backends(world, old, pulumi, run, url, way):
    pulumi(answers(world, **{WHOAMI: (0, json.dumps({"url": url}))}))
    done = run("releases", "redact", old, "--stack", "development", "--yes", "-o", "json")
    assert json.loads(done.stdout)["mayHold"][0] == {
        "where": f"older versions of the state in {url}",
        "way": way,
    }
