"""The example on a real engine: what lands, what an unchanged run does, what makes a release."""

import pytest
import yaml

pytestmark = pytest.mark.engine

STACKS = ("development", "staging", "production")


def kinds(repository, stack, component):
    """Kinds of the objects of a component among the files of a stack."""
    manifests = map(yaml.safe_load, repository.files(f"manifests/{stack}").values())
    return sorted(
        manifest["kind"] for manifest in manifests if component in manifest["metadata"]["name"]
    )


@pytest.mark.parametrize("component", ["forecast", "dashboard"])
def test_both_components_leave_their_objects_as_files(example, component):
    assert {"Deployment", "HTTPRoute", "NetworkPolicy", "Service"} <= set(
        kinds(example, "development", component)
    )


def test_the_address_of_a_dependency_is_in_the_consumer(example):
    files = example.files("manifests/development")
    deployment = next(
        yaml.safe_load(text)
        for text in files.values()
        if "kind: Deployment" in text and "name: dashboard-development" in text
    )
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    namespace = deployment["metadata"]["namespace"]
    assert container["env"] == [
        {
            "name": "PODINFO_BACKEND_URL",
            "value": f"http://forecast.{namespace}.svc.cluster.local:80",
        }
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_an_unchanged_run_changes_nothing(everywhere, stack):
    before = everywhere.raw_outputs(stack), everywhere.files("manifests")
    preview = everywhere.preview(stack, "--expect-no-changes")
    assert preview.code == 0, preview.text
    everywhere.deployed(stack, "--expect-no-changes")
    assert (everywhere.raw_outputs(stack), everywhere.files("manifests")) == before


def test_the_ledger_says_what_was_deployed_and_since_when(example):
    ledger = example.ledger("development")
    assert ledger["environment"] == "development"
    assert ledger["scope"] == {"namespaces": ["default"], "projects": ["default/weather"]}
    assert ledger["planes"] == {"default": {"target": "files"}}
    entry = example.current("development", "forecast")
    assert entry["name"] == f"forecast-{entry['release'].removeprefix('sha256:')[:12]}"
    assert (entry["state"], entry["proof"], entry["rendering"]) == ("Active", "rendered", 1)


@pytest.mark.long
def test_another_image_is_another_release_in_development_only(everywhere):
    before = {stack: everywhere.current(stack, "forecast") for stack in STACKS}
    everywhere.set_image("forecast", "next")
    everywhere.deployed("development")
    for stack in ("staging", "production"):
        everywhere.deployed(stack, "--expect-no-changes")
        assert everywhere.current(stack, "forecast") == before[stack]
    after = everywhere.ledger("development")["components"]["default/forecast"]["history"]
    assert [entry["release"] for entry in after[1:]] == [before["development"]["release"]]
    assert after[0]["release"] != before["development"]["release"]


def test_comments_key_order_and_layout_make_no_release(repository):
    folder = repository.root / "definitions/namespaces/default/projects/weather"
    documents = [
        document
        for file in sorted(folder.rglob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text())
    ]
    for file in folder.rglob("*.yaml"):
        file.unlink()
    shuffled = [dict(sorted(document.items(), reverse=True)) for document in reversed(documents)]
    repository.write(
        "definitions/all.yaml", "# all of it\n" + yaml.safe_dump_all(shuffled, sort_keys=False)
    )
    before = repository.raw_outputs("development")
    repository.deployed("development", "--expect-no-changes")
    assert repository.raw_outputs("development") == before
