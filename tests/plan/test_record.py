"""What a run writes into the outputs of its stack."""

import json

import pytest

from tests.plan.definitions import component, project


@pytest.fixture
def shop(world):
    world.define(*component("api"), *component("page"))
    return world


def outputs(world, stack="development"):
    return world.outputs[world.full(stack)]


def ledger(world, stack="development"):
    return json.loads(outputs(world, stack)["pipeline"])


def history(world, key, stack="development"):
    entries = ledger(world, stack)["components"][key]["history"]
    return [(entry["name"], entry["state"], entry["since"]) for entry in entries]


def documents(world, stack="development"):
    """Digests of what components run and have run; the project has one of its own."""
    (project,) = ledger(world, stack)["projects"].values()
    found = set(json.loads(outputs(world, stack)["releases"])["releases"])
    return found - {entry["release"] for entry in project["history"]}


def test_what_is_recorded_of_a_component(shop):
    shop.deploy()
    record = ledger(shop)["components"]["default/api"]
    (entry,) = record["history"]
    assert record["project"] == "shop"
    assert (entry["state"], entry["proof"], entry["by"]) == ("Active", "rendered", "ada")
    assert entry["since"] == "2026-11-23T13:00:00Z"
    assert entry["name"] == f"api-{entry['release'].removeprefix('sha256:')[:12]}"


def test_an_unchanged_run_writes_the_same_bytes(shop):
    shop.deploy()
    before = outputs(shop)
    shop.deploy()
    assert outputs(shop) == before


def test_an_override_changes_the_manifests_and_not_the_release(shop):
    shop.deploy()
    before = ledger(shop)["components"]["default/api"]["history"]
    shop.deploy(bindings={"api": {"componentTypeEnvironmentConfigs": {"replicas": 3}}})
    (after,) = ledger(shop)["components"]["default/api"]["history"]
    assert after["manifests"] != before[0]["manifests"]
    assert {**after, "manifests": ""} == {**before[0], "manifests": ""}


def test_only_what_was_applied_gets_a_record(shop):
    shop.deploy(failing=["default/api"])
    assert list(ledger(shop)["components"]) == ["default/page"]
    assert len(documents(shop)) == 1


def test_a_component_that_fails_keeps_its_previous_record(shop):
    shop.deploy()
    before = history(shop, "default/api")
    shop.define(*component("api", image="app:2"), *component("page", image="app:2"))
    shop.deploy(failing=["default/api"])
    assert history(shop, "default/api") == before
    assert len(history(shop, "default/page")) == 2
    shop.deploy()
    assert len(history(shop, "default/api")) == 2


def test_undeploying_keeps_the_history_and_the_document(shop):
    shop.deploy()
    name = shop.current("default/api")
    kept = documents(shop)
    shop.deploy(bindings={"api": {"state": "Undeploy"}})
    assert history(shop, "default/api") == [
        (name, "Undeploy", "2026-11-23T14:00:00Z"),
        (name, "Active", "2026-11-23T13:00:00Z"),
    ]
    assert documents(shop) == kept
    before = outputs(shop)
    shop.deploy(bindings={"api": {"state": "Undeploy"}})
    assert outputs(shop) == before


def test_undeploying_what_never_ran_records_nothing(shop):
    shop.deploy(bindings={"api": {"state": "Undeploy"}})
    assert list(ledger(shop)["components"]) == ["default/page"]


def test_what_is_removed_keeps_its_history(shop):
    shop.deploy()
    shop.forget("Component default/api", "Workload default/api")
    shop.deploy(removed=["api"])
    assert [state for _, state, _ in history(shop, "default/api")] == ["Undeploy", "Active"]


def test_what_was_removed_can_come_back(shop):
    shop.deploy()
    taken = shop.named.copy()
    shop.forget("Component default/api", "Workload default/api")
    shop.deploy(removed=["api"])
    shop.named = taken
    shop.deploy()
    states = [state for _, state, _ in history(shop, "default/api")]
    assert states == ["Active", "Undeploy", "Active"]


def test_documents_are_kept_for_the_current_release_and_the_last_three(shop):
    for version in range(1, 7):
        shop.define(*component("api", image=f"app:{version}"))
        shop.deploy()
    digests = [e["release"] for e in ledger(shop)["components"]["default/api"]["history"]]
    own = documents(shop) - {ledger(shop)["components"]["default/page"]["history"][0]["release"]}
    assert own == set(digests[:4])


def test_a_later_environment_keeps_a_document_of_its_own(shop):
    shop.deploy()
    pins = {"api": {"releaseName": shop.current("default/api")}}
    shop.deploy("staging", bindings=pins)
    (entry,) = ledger(shop, "staging")["components"]["default/api"]["history"]
    assert documents(shop, "staging") == {entry["release"]}
    assert [one["environment"] for one in entry["upstream"]] == ["development"]


def test_the_scope_is_that_of_the_last_run(shop):
    shop.define(project("bank"))
    shop.deploy(projects=["shop"])
    assert ledger(shop)["scope"]["projects"] == ["default/shop"]
    shop.deploy()
    assert ledger(shop)["scope"]["projects"] == ["default/bank", "default/shop"]


def test_a_ledger_that_does_not_cover_the_project_is_no_upstream(shop):
    shop.define(project("bank"))
    shop.deploy()
    name = shop.current("default/api")
    shop.outputs.clear()
    shop.deploy(projects=["bank"])
    text = shop.refusal("staging", bindings={"api": {"releaseName": name}})
    assert (
        "development: stack organization/shop/development does not cover project default/shop"
        in (text)
    )


def test_the_summary_is_what_people_look_at(shop):
    shop.deploy()
    shop.deploy(bindings={"api": {"state": "Undeploy"}})
    api, page = shop.current("default/api"), shop.current("default/page")
    assert shop.summary() == {"default/api": f"{api} (undeployed)", "default/page": page}
