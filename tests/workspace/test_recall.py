"""What is known of a stack and of those upstream of it, read without an engine."""

import json

import pytest

from openchoreo.delivery import ReleaseStore, joined, load_ledger
from openchoreo.errors import OpenChoreoError
from openchoreo.workspace.recall import Place, named_downstream, read_exported, recall
from openchoreo.workspace.stack_files import pins_of
from tests.plan.definitions import component, component_type, data_plane, platform, project
from tests.plan.world import World, names

OWN = "organization/shop/staging"
UPSTREAM = "organization/shop/development"


@pytest.fixture
def world(tmp_path, monkeypatch):
    """greeter, deployed to development and promoted to staging."""
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    world.define(data_plane(), component_type(), *platform(), project("shop"))
    world.define(*component("greeter"))
    world.deploy()
    world.deploy("staging", bindings=pinned(world))
    return world


def pinned(world):
    return {"greeter": {"releaseName": world.current("default/greeter")}}


def recalled(outputs, *, environment="staging", upstream=UPSTREAM, exported=None):
    return recall(
        OWN,
        environment,
        [Place("development", upstream)],
        outputs.get,
        lineage="new",
        exported=exported or ReleaseStore(),
    )


def refusal(outputs, **options):
    with pytest.raises(OpenChoreoError) as raised:
        recalled(outputs, **options)
    return str(raised.value)


class TestTheOwnStack:
    def test_what_it_recorded(self, world):
        found = recalled(world.outputs)
        assert found.ledger.lineage == "lineage-of-staging"
        record = found.ledger.recorded("default/greeter")
        assert record.current.release in found.documents

    def test_a_stack_that_was_never_deployed_gets_a_lineage(self):
        found = recalled({})
        assert (found.ledger.lineage, found.ledger.components) == ("new", {})

    def test_a_stack_with_other_outputs_only(self):
        assert recalled({OWN: {"url": "https://example.com"}}).ledger.lineage == "new"

    def test_the_ledger_of_another_environment(self, world):
        assert refusal(world.outputs, environment="production") == (
            "Stack organization/shop/staging\n"
            "  it holds the ledger of staging, and the config says production\n"
            "  set openchoreo:environment to staging, or use another stack for production"
        )

    def test_an_output_that_is_not_ours(self):
        assert refusal({OWN: {"pipeline": {"stages": 3}}}) == (
            "Stack organization/shop/staging\n"
            "  its output pipeline is not the text that this program writes\n"
            "  is it the stack of another program? policy.yaml can name another one under upstreams"
        )

    def test_a_ledger_that_was_changed_by_hand(self, world):
        outputs = world.outputs[OWN]
        changed = outputs["pipeline"].replace('"by":"ada"', '"by":"bob"')
        assert refusal({OWN: {**outputs, "pipeline": changed}}).startswith(
            "Stack organization/shop/staging: digest\n"
            "  its ledger was changed after it was written: its digest is not that of its text\n"
        )

    def test_releases_that_are_not_whole(self, world):
        outputs = {**world.outputs[OWN], "releases": "{"}
        assert refusal({OWN: outputs}).startswith(
            "Stack organization/shop/staging\n  its releases are not whole: "
        )


class TestUpstream:
    def upstream(self, outputs, **options):
        return recalled(outputs, **options).upstreams["development"]

    def test_what_it_recorded(self, world):
        found = recalled({UPSTREAM: world.outputs[UPSTREAM]})
        upstream = found.upstreams["development"]
        assert (upstream.stack, upstream.problem) == (UPSTREAM, "")
        release = upstream.ledger.recorded("default/greeter").current.release
        assert release in found.documents

    def test_a_stack_that_is_not_there(self):
        upstream = self.upstream({})
        assert upstream.ledger is None
        assert upstream.problem == "there is no stack organization/shop/development"
        assert upstream.hint == "pulumi stack init development && pulumi up --stack development"

    def test_a_stack_of_another_project_that_is_not_there(self):
        upstream = self.upstream({}, upstream="acme/shop-dev/main")
        assert upstream.problem == "there is no stack acme/shop-dev/main"
        assert upstream.hint == (
            "deploy that stack first, or mend upstreams.development.stack in policy.yaml"
        )

    def test_a_stack_that_was_never_deployed(self):
        upstream = self.upstream({UPSTREAM: {}})
        assert (upstream.ledger, upstream.problem) == (None, "")
        assert upstream.unusable("default", "shop") == (
            "stack organization/shop/development has recorded nothing, or was destroyed"
        )

    def test_a_stack_of_another_environment(self, world):
        upstream = self.upstream({UPSTREAM: world.outputs[OWN]})
        assert upstream.unusable("default", "shop") == (
            "stack organization/shop/development holds the ledger of staging"
        )

    def test_an_output_that_is_not_ours(self):
        assert refusal({UPSTREAM: {"releases": ["1.0"]}}) == (
            "Stack organization/shop/development\n"
            "  its output releases is not the text that this program writes\n"
            "  is it the stack of another program? policy.yaml can name another one under upstreams"
        )

    def test_a_ledger_that_was_changed_by_hand(self, world):
        ledger = json.loads(world.outputs[UPSTREAM]["pipeline"])
        ledger["components"]["default/greeter"]["history"][0]["release"] = "sha256:" + "0" * 64
        assert refusal({UPSTREAM: {"pipeline": json.dumps(ledger)}}).startswith(
            "Stack organization/shop/development: digest\n"
        )

    def test_a_release_that_was_changed_by_hand_stops_its_use(self, world):
        outputs = world.outputs[UPSTREAM]
        outputs["releases"] = outputs["releases"].replace("app:1", "app:evil")
        del world.outputs[OWN]
        world.define(*component("greeter", image="app:2"))
        text = world.refusal("staging", bindings=pinned(world))
        assert text.startswith("Stack organization/shop/development: release sha256:")
        assert "is not the release it is kept as: it should be sha256:" in text


class TestExportedDirectories:
    def test_documents_that_no_stack_keeps_any_more(self, world, tmp_path):
        folder = tmp_path / "releases"
        folder.mkdir()
        (folder / "staging.json").write_text(world.outputs[OWN]["releases"])
        (folder / "notes.txt").write_text("not looked at")
        store = read_exported([str(folder)])
        digest = json.loads(world.outputs[OWN]["pipeline"])["components"]["default/greeter"][
            "history"
        ][0]["release"]
        assert digest in recalled({}, exported=store).documents

    def test_none(self):
        assert read_exported([]).releases == {}

    def test_a_directory_that_is_not_there(self):
        assert exported_refusal("here", "releases") == (
            "stack config: openchoreo:releases[1]\n  there is no directory releases"
        )

    def test_files_that_are_not_whole_are_told_together(self):
        text = exported_refusal("broken")
        assert text.startswith("3 problems\n\nbroken/a.json\n  its releases are not whole: ")
        assert "\n\nbroken/b.json\n  its releases are not a mapping\n" in text
        assert "\n\nbroken/c.json\n  cannot be read: " in text


def exported_refusal(*directories):
    with pytest.raises(OpenChoreoError) as raised:
        read_exported(directories)
    return str(raised.value)


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """`here` without files, and `broken` with three that are not whole."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "a.json").write_text("{")
    (broken / "b.json").write_text("[]")
    (broken / "c.json").write_bytes(b"\xff")


def test_a_release_of_which_only_the_exported_file_is_left(world, tmp_path):
    first = pinned(world)
    kept = world.outputs[OWN]["releases"]
    for stack in (OWN, UPSTREAM):
        del world.outputs[stack]["releases"]
    world.define(*component("greeter", image="app:2"))
    assert world.refusal("staging", bindings=first) == (
        "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
        f"  the document of {first['greeter']['releaseName']} is no longer kept here or upstream\n"
        "  restore it into a directory of exported releases that openchoreo:releases names"
    )
    (tmp_path / "here" / "releases.json").write_text(kept)
    plan = world.plan("staging", bindings=first, releases=["here"])
    assert names(plan) == {"default/greeter": first["greeter"]["releaseName"]}


class TestALedgerInAFile:
    """An upstream environment that another backend keeps."""

    FILE = "ledgers/development.json"

    @pytest.fixture
    def exported(self, world):
        from openchoreo.delivery import dump_export

        outputs = world.outputs.pop(UPSTREAM)
        text = dump_export("acme/shop/main", outputs["pipeline"], outputs["releases"])
        (world.root / "ledgers").mkdir()
        (world.root / self.FILE).write_text(text)
        return world

    def recalled(self, world):
        place = Place("development", file=self.FILE)
        return recall(
            OWN,
            "staging",
            [place],
            world.outputs.get,
            lineage="new",
            exported=ReleaseStore(),
        )

    def test_is_read_as_that_of_a_stack(self, exported):
        found = self.recalled(exported).upstreams["development"]
        assert (found.stack, found.file) == ("acme/shop/main", self.FILE)
        assert found.ledger.recorded("default/greeter")
        assert not found.unusable("default", "shop")

    def test_its_documents_can_be_deployed(self, exported):
        found = self.recalled(exported)
        digest = found.upstreams["development"].ledger.recorded("default/greeter").current.release
        assert digest in found.documents

    def test_that_is_not_there_matters_only_for_new_pins(self, exported):
        (exported.root / self.FILE).unlink()
        found = self.recalled(exported).upstreams["development"]
        assert found.unusable("default", "shop") == "there is no file ledgers/development.json"
        assert found.hint == (
            "where development is deployed: python -m openchoreo ledger export; then bring that file here"
        )

    def test_of_another_environment_says_so(self, exported):
        text = (exported.root / self.FILE).read_text()
        (exported.root / "ledgers/qa.json").write_text(text)
        place = Place("qa", file="ledgers/qa.json")
        found = recall(
            OWN, "staging", [place], exported.outputs.get, lineage="", exported=ReleaseStore()
        )
        assert found.upstreams["qa"].unusable("default", "shop") == (
            "ledgers/qa.json holds the ledger of development"
        )

    def test_that_is_cut_off_stops_the_run(self, exported):
        file = exported.root / self.FILE
        file.write_text(file.read_text()[:100])
        with pytest.raises(OpenChoreoError, match="is no exported ledger"):
            self.recalled(exported)


class TestWhatOtherEnvironmentsNeed:
    def test_is_what_they_run_and_ran_last(self, world):
        ledger = recalled(world.outputs).ledger
        own = ledger.recorded("default/greeter"), ledger.recorded("default/shop", chain="projects")
        digests = {record.current.release for record in own}
        assert named_downstream([Place("staging", OWN)], world.outputs.get) == digests

    def test_is_nothing_where_there_is_no_stack(self, world):
        assert named_downstream([Place("qa", "a/b/qa")], world.outputs.get) == frozenset()

    def test_is_nothing_where_a_ledger_cannot_be_read(self, world):
        world.outputs[OWN]["pipeline"] = "{"
        assert named_downstream([Place("staging", OWN)], world.outputs.get) == frozenset()

    def test_is_also_what_their_stack_files_pin(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "Pulumi.qa.yaml").write_text(
            "config:\n  openchoreo:bindings:\n"
            "    greeter: {releaseName: greeter-1}\n    page: {state: Undeploy}\n"
        )
        assert pins_of("qa") == ["greeter-1"]
        assert pins_of("production") == []

    def test_is_also_the_set_that_they_name(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "Pulumi.qa.yaml").write_text("config: {'openchoreo:set': 'sha256:0'}\n")
        assert pins_of("qa") == ["sha256:0"]

    @pytest.mark.parametrize(
        "text", ["", "a: [", "config: 1", "config: {'openchoreo:bindings': 3}"]
    )
    def test_is_nothing_where_a_stack_file_says_nothing(self, tmp_path, monkeypatch, text):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "Pulumi.qa.yaml").write_text(text)
        assert pins_of("qa") == []


class TestAnUpstreamLedgerThatBeganAnew:
    """Its stack was destroyed or lost and made again, or the state of another is in its place."""

    TEXT = (
        "stack organization/shop/development holds another ledger, 5ee7, and releases were taken "
        "so far from lineage-of-development; bring that one back (python -m openchoreo ledger "
        "import), or accept this one as upstreams.development.lineage in policy.yaml"
    )

    @pytest.fixture
    def anew(self, world):
        """With a release that only the new ledger knows; staging runs one of the old ledger."""
        self.old = dict(world.outputs[UPSTREAM])
        self.first = pinned(world)
        del world.outputs[UPSTREAM]
        world.lineages["development"] = "5ee7"
        world.define(*component("greeter", image="app:2"))
        world.deploy()
        return world

    def strictly(self, world, **more):
        world.ways["development"] = {"strict": True, **more}

    def test_is_not_taken_from_where_the_environment_has_rules(self, anew):
        self.strictly(anew)
        name = anew.current("default/greeter")
        assert anew.refusal("staging", bindings=pinned(anew)) == (
            "Component default/greeter: openchoreo:bindings.greeter.releaseName\n"
            f"  {name} has not been deployed in development, from where staging gets its releases\n"
            f"  development: {self.TEXT}\n"
            f"  staging runs {self.first['greeter']['releaseName']}\n"
            "  pulumi config set --path 'openchoreo:bindings.greeter.releaseName' "
            f"{self.first['greeter']['releaseName']} --stack staging"
        )

    def test_touches_nothing_that_runs(self, anew):
        self.strictly(anew)
        before = anew.outputs[OWN]
        plan = anew.deploy("staging", bindings=self.first)
        assert anew.outputs[OWN] == before
        assert plan.notes == (f"development: {self.TEXT}",)

    def test_is_accepted_by_the_policy(self, anew):
        self.strictly(anew, lineage="5ee7")
        plan = anew.deploy("staging", bindings=pinned(anew))
        assert plan.notes == ()
        entry = json.loads(anew.outputs[OWN]["pipeline"])["components"]["default/greeter"][
            "history"
        ][0]
        assert entry["upstream"][0]["lineage"] == "5ee7"
        self.strictly(anew)
        assert anew.plan("staging", bindings=pinned(anew)).notes == ()

    def test_that_is_brought_back_is_the_one_of_before(self, anew):
        self.strictly(anew)
        ledger, brought = (
            load_ledger(one["pipeline"], source="") for one in (anew.outputs[UPSTREAM], self.old)
        )
        whole = joined(ledger, brought, source="file")
        anew.outputs[UPSTREAM] = {**anew.outputs[UPSTREAM], "pipeline": whole.dumps()}
        assert names(anew.plan("staging", bindings=pinned(anew)))

    def test_is_only_told_where_the_environment_has_no_rules(self, anew):
        plan = anew.deploy("staging", bindings=pinned(anew))
        assert plan.notes == (f"development: {self.TEXT}",)
        assert anew.plan("staging", bindings=pinned(anew)).notes == ()

    def test_another_one_than_the_policy_names_is_never_taken_from(self, anew):
        del anew.outputs[OWN]
        anew.ways["development"] = {"lineage": "beef"}
        assert (
            "holds another ledger, 5ee7, and policy.yaml names beef; bring that one back"
        ) in anew.refusal("staging", bindings=pinned(anew))

    def test_the_first_one_is_believed(self, anew):
        del anew.outputs[OWN]
        self.strictly(anew)
        assert anew.deploy("staging", bindings=pinned(anew)).notes == ()
