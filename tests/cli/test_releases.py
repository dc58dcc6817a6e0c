"""openchoreo releases list, show and diff, with a program in Pulumi's place."""

import json
import re

import pytest
import yaml

from openchoreo.delivery import ReleaseStore, Snapshots, load_ledger, load_store
from openchoreo.model import parse
from tests.cli.test_ledger import said
from tests.plan.definitions import component, database, database_type, resource, resource_binding


@pytest.fixture
def walked(world):
    """Two releases of greeter, the newer in development, the older in staging."""
    world.deploy()
    world.first = world.current("default/greeter")
    world.deploy("staging", bindings={"greeter": {"releaseName": world.first}})
    world.define(*component("greeter", image="app:2"))
    world.deploy()
    world.second = world.current("default/greeter")
    return world


def digest_of(world, name):
    for outputs in world.outputs.values():
        ledger = load_ledger(outputs["pipeline"], source="x")
        for record in (*ledger.components.values(), *ledger.projects.values()):
            for entry in record.history:
                if name in entry.names:
                    return entry.release
    raise AssertionError(name)


def short(name):
    return name.rpartition("-")[2]


class TestList:
    def test_where_each_runs_and_ran(self, walked, pulumi, run):
        pulumi(said(walked, "organization/shop/production"))
        done = run("releases", "list")
        assert (done.exit_code, done.stderr) == (0, "")
        first, second = walked.first, walked.second
        shop = walked.plan().projects[0].release.name
        assert [re.split(" {2,}", line) for line in done.stdout.splitlines()] == [
            ["OF", "RELEASE", "DIGEST", "FIRST DEPLOYED", "RUNS IN", "RAN IN", "KEPT BY"],
            [
                "default/greeter",
                second,
                short(second),
                "2026-11-23 15:00 UTC",
                *["development"] * 2,
            ],
            [
                "default/greeter",
                first,
                short(first),
                "2026-11-23 13:00 UTC",
                "staging",
                "development",
                "development, staging",
            ],
            [
                "project/default/shop",
                shop,
                short(shop),
                "2026-11-23 13:00 UTC",
                *["development, staging"] * 2,
            ],
        ]

    def test_of_one_component_as_json(self, walked, pulumi, run):
        pulumi(said(walked))
        newer, older = json.loads(run("releases", "list", "greeter", "-o", "json").stdout)
        assert newer["release"] == walked.second
        assert older == {
            "kind": "Component",
            "namespace": "default",
            "name": "greeter",
            "release": walked.first,
            "names": [walked.first],
            "digest": digest_of(walked, walked.first),
            "firstDeployed": "2026-11-23T13:00:00Z",
            "environments": [
                {
                    "environment": "development",
                    "running": False,
                    "firstDeployed": "2026-11-23T13:00:00Z",
                    "since": "2026-11-23T13:00:00Z",
                    "until": "2026-11-23T15:00:00Z",
                },
                {
                    "environment": "staging",
                    "running": True,
                    "firstDeployed": "2026-11-23T14:00:00Z",
                    "since": "2026-11-23T14:00:00Z",
                    "until": None,
                },
            ],
            "keptBy": ["development", "staging"],
        }

    def test_a_document_that_nobody_keeps_or_only_a_directory(self, walked, pulumi, run, tmp_path):
        pulumi(said(walked))
        run("releases", "export", "--output", "kept")
        for outputs in walked.outputs.values():
            store = load_store(outputs["releases"], source="x")
            digests = {digest_of(walked, walked.second)} & store.releases.keys()
            outputs["releases"] = store.keeping(digests).dumps()
        pulumi(said(walked))
        assert kept_by(run, walked.first) == []
        (tmp_path / "Pulumi.staging.yaml").write_text("config:\n  openchoreo:releases: [kept]\n")
        assert kept_by(run, walked.first) == ["kept/"]
        assert kept_by(run, walked.second) == ["development", "kept/"]

    def test_nothing_is_deployed_yet(self, world, pulumi, run):
        pulumi(said(world, "organization/shop/development"))
        assert run("releases", "list").stdout == "Nothing is deployed yet.\n"

    def test_a_component_that_is_not_there(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "list", "greter")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.endswith("did you mean greeter?\n")


def kept_by(run, name):
    found = json.loads(run("releases", "list", "-o", "json").stdout)
    return next(one["keptBy"] for one in found if one["release"] == name)


class TestShow:
    def test_the_document_and_where_it_is(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "show", walked.first)
        assert (done.exit_code, done.stderr) == (0, "")
        head, _, body = done.stdout.partition("apiVersion")
        assert head == (
            f"# {walked.first} of Component default/greeter\n"
            f"# {digest_of(walked, walked.first)}\n"
            "# ran in development from 2026-11-23 13:00 UTC to 2026-11-23 15:00 UTC\n"
            "# runs in staging since 2026-11-23 14:00 UTC\n"
            "# kept by development, staging\n"
        )
        document = yaml.safe_load(f"apiVersion{body}")
        assert document["kind"] == "ComponentRelease"
        assert document["metadata"] == {"name": walked.first, "namespace": "default"}
        assert document["spec"]["owner"] == {"projectName": "shop", "componentName": "greeter"}
        assert document["spec"]["workload"] == {"container": {"image": "app:1"}}
        imported = Snapshots().imported(parse(document).resource)
        assert imported.digest == digest_of(walked, walked.first)

    def test_by_digest_and_by_all_names(self, walked, pulumi, run):
        pulumi(said(walked))
        digest = digest_of(walked, walked.first)
        whole = run("release", "show", walked.first).stdout
        ways = [
            digest,
            digest[7:19],
            f"{walked.first}@{digest}",
            f"default/{walked.first}",
            f"default/{walked.first}@{digest}",
        ]
        assert [run("releases", "show", way).stdout for way in ways] == [whole] * len(ways)

    def test_projects_and_resources(self, world, pulumi, run):
        world.define(database_type(), database(), resource_binding("db", "development"))
        plan = world.deploy()
        pulumi(said(world))
        project = plan.projects[0]
        for release, kind in (
            (project.release.name, "ProjectRelease"),
            (project.resources[0].release.name, "ResourceRelease"),
        ):
            document = json.loads(run("releases", "show", release, "-o", "json").stdout)["document"]
            assert document["kind"] == kind
            assert Snapshots().imported(parse(document).resource).name == release

    def test_a_release_with_a_name_of_its_own(self, world, pulumi, run):
        plan = world.plan()
        (planned,) = plan.components
        owner = {"projectName": "shop", "componentName": "greeter"}
        document = resource(
            "ComponentRelease", "greeter-1", {"owner": owner, **planned.release.spec}
        )
        world.define(document)
        world.deploy(bindings={"greeter": {"releaseName": "greeter-1"}})
        pulumi(said(world))
        lines = run("releases", "show", "greeter-1").stdout.splitlines()
        assert lines[:2] == [
            "# greeter-1 of Component default/greeter",
            f"# also called {planned.release.name}",
        ]
        assert run("releases", "show", planned.release.name).stdout.splitlines() == lines

    def test_a_name_that_stands_for_two_releases(self, walked, pulumi, run):
        outputs = walked.outputs[walked.full("development")]
        first, second = (digest_of(walked, name) for name in (walked.first, walked.second))
        ledger = load_ledger(outputs["pipeline"], source="x")
        record = ledger.components["default/greeter"]
        history = tuple(one.model_copy(update={"alias": "v1"}) for one in record.history)
        record = record.model_copy(update={"history": history})
        changed = ledger.model_copy(update={"components": {"default/greeter": record}})
        outputs["pipeline"] = changed.dumps()
        pulumi(said(walked))
        done = run("releases", "show", "v1")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == (
            "v1\n  stands for several releases\n  write one of\n"
            f"  default/v1@{second}\n  default/v1@{first}\n"
        )
        assert run("releases", "show", f"default/v1@{first}").exit_code == 0

    @pytest.mark.parametrize("command", [["show"], ["diff", "greeter-000000000000"]])
    def test_a_release_that_is_not_there(self, walked, pulumi, run, command):
        pulumi(said(walked))
        wrong = f"{walked.first[:-1]}x"
        done = run("releases", *command, wrong)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "no ledger knows a release of that name" in done.stderr
        assert re.search(r"did you mean greeter-[0-9a-f]{12}\?|known: greeter-", done.stderr)

    def test_only_what_one_stack_keeps(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "show", walked.second, "--stack", "staging")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "no ledger knows a release of that name" in done.stderr
        lines = run("releases", "show", walked.first, "--stack", "staging").stdout.splitlines()
        assert lines[2:4] == [
            "# runs in staging since 2026-11-23 14:00 UTC",
            "# kept by staging",
        ]

    def test_a_document_that_is_not_kept(self, walked, pulumi, run):
        for outputs in walked.outputs.values():
            outputs["releases"] = ReleaseStore().dumps()
        pulumi(said(walked))
        done = run("releases", "show", walked.first)
        assert (done.exit_code, done.stdout, done.stderr) == (
            1,
            "",
            (
                f"{walked.first}\n"
                "  its document is not kept any more\n"
                "  where it was exported to a directory, name that: pulumi config set --path"
                " 'openchoreo:releases[0]' <directory>\n"
            ),
        )

    def test_a_document_that_is_not_what_its_digest_says(self, walked, pulumi, run):
        for outputs in walked.outputs.values():
            outputs["releases"] = outputs["releases"].replace("app:1", "app:9")
        pulumi(said(walked))
        done = run("releases", "show", walked.first)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "is not the release it is kept as" in done.stderr


class TestDiff:
    def test_field_by_field(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "diff", walked.first, walked.second)
        first, second = (digest_of(walked, name) for name in (walked.first, walked.second))
        assert (done.exit_code, done.stderr) == (1, "")
        assert done.stdout == (
            f"- {walked.first} (default/greeter, {first})\n"
            f"+ {walked.second} (default/greeter, {second})\n"
            "\n"
            "spec.workload.container.image\n"
            "  - app:1\n"
            "  + app:2\n"
        )

    def test_as_json(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "diff", walked.first, walked.second, "--output", "json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["differences"] == [
            {
                "path": "spec.workload.container.image",
                "old": "app:1",
                "new": "app:2",
            }
        ]

    def test_one_with_itself(self, walked, pulumi, run):
        pulumi(said(walked))
        done = run("releases", "diff", walked.first, walked.first)
        assert (done.exit_code, done.stdout) == (
            0,
            f"{walked.first} and {walked.first} hold the same.\n",
        )

    def test_values_of_every_form(self, world, pulumi, run):
        def files(*texts, **more):
            first, second = component("greeter", **more)
            container = second["spec"]["container"]
            container["files"] = [
                {"key": f"f{index}", "mountPath": "/etc", "value": text}
                for index, text in enumerate(texts)
            ]
            return first, second

        world.define(
            *files("a\nb\nc\nd\ne\n", "one", endpoints={"http": {"type": "HTTP", "port": 80}})
        )
        world.deploy()
        old = world.current("default/greeter")
        world.define(*files("a\nb\nC\nd\ne\n", "one\ntwo\n", "three"))
        world.deploy()
        pulumi(said(world))
        done = run("releases", "diff", old, world.current("default/greeter"))
        assert done.stdout.partition("\n\n")[2] == (
            "spec.workload.container.files[f0].value\n"
            "    ...\n"
            "    b\n"
            "  - c\n"
            "  + C\n"
            "    d\n"
            "\n"
            "spec.workload.container.files[f1].value\n"
            "  - one\n"
            "  + |\n"
            "  + one\n"
            "  + two\n"
            "\n"
            "spec.workload.container.files[f2]\n"
            "  + key: f2\n"
            "  + mountPath: /etc\n"
            "  + value: three\n"
            "\n"
            "spec.workload.endpoints\n"
            "  - http:\n"
            "  -   port: 80\n"
            "  -   type: HTTP\n"
        )
