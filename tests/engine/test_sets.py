"""Sets on the engine: recorded when everything has been applied, promoted as a whole."""

import re

import pytest

from tests.engine.runs import assert_settled, told

pytestmark = pytest.mark.engine


def digests(repository, stack):
    return [one["digest"] for one in repository.ledger(stack).get("sets", [])]


def newest_entries(repository, stack):
    ledger = repository.ledger(stack)
    return [
        record["history"][0]
        for chain in ("components", "projects")
        for record in ledger[chain].values()
    ]


def file_of_dashboard(preview):
    """The file of its Deployment, whose names only a preview tells."""
    (name,) = set(re.findall(r"Deployment default/(\S+/dashboard-staging-\S+)", preview))
    return f"manifests/staging/default/{name.replace('/', '/deployment.apps_')}.yaml"


@pytest.mark.long
def test_a_set_goes_from_development_to_staging_once_everything_is_applied(repository):
    (found,) = digests(repository, "development")
    done = repository.pulumi("config", "set", "openchoreo:set", found, stack="staging")
    assert done.code == 0, done.text
    preview = repository.preview("staging")
    assert preview.code == 0, preview.text
    assert repository.raw_outputs("staging").strip() == "{}"

    blocked = repository.root / file_of_dashboard(preview.text)
    blocked.mkdir(parents=True)
    assert repository.up("staging", "--continue-on-error").code != 0
    assert list(repository.ledger("staging")["components"]) == ["default/forecast"]
    assert digests(repository, "staging") == []

    blocked.rmdir()
    repository.deployed("staging")
    entries = newest_entries(repository, "staging")
    assert [entry["set"] for entry in entries] == [found] * 3
    assert {entry["release"] for entry in entries} == {
        entry["release"] for entry in newest_entries(repository, "development")
    }
    assert digests(repository, "staging") == [found]
    assert_settled(repository, "staging")


def test_a_set_that_nobody_knows_is_refused_before_any_resource(repository):
    unknown = "sha256:" + "0" * 64
    repository.set("staging", "set", unknown)
    (found,) = digests(repository, "development")
    preview = repository.preview("staging")
    assert preview.code != 0
    (since,) = [one["since"] for one in repository.ledger("development")["sets"]]
    assert told(preview) == (
        "error: stack config: openchoreo:set\n"
        "  no set has this digest\n"
        f"  development has {found} since {since}\n"
        "  staging has recorded no set yet\n"
        f"  pulumi config set openchoreo:set {found} --stack staging\n"
        "  Pulumi.staging.yaml:3"
    )
    assert repository.raw_outputs("staging").strip() == "{}"
