"""`onProblem: isolate` on the engine: a broken component does not stop another one's rollback."""

import pytest

pytestmark = pytest.mark.engine

BROKEN = """
apiVersion: openchoreo.dev/v1alpha1
kind: ReleaseBinding
metadata: {name: forecast-in-production}
spec:
  owner: {projectName: weather, componentName: forecast}
  environment: production
  componentTypeEnvironmentConfig: {replicas: 7}
"""

TEXT = """\
problems were isolated (openchoreo:onProblem): default/forecast keeps {release}; the rest went on

ReleaseBinding default/forecast-in-production: spec.componentTypeEnvironmentConfig
  unknown key
  did you mean componentTypeEnvironmentConfigs?
  definitions/broken.yaml:8"""


def of(component, files):
    return {name: text for name, text in files.items() if component in name}


@pytest.fixture
def twice(promoted_twice, tmp_path):
    """A rollback of one component in production, and a broken binding of the other."""
    repository = promoted_twice.copy_to(tmp_path / "repository")
    first = repository.ledger("production")["components"]["default/dashboard"]["history"][-1]
    repository.write("definitions/broken.yaml", BROKEN)
    repository.set("production", "bindings.dashboard.releaseName", first["name"])
    return repository


def unindented(text):
    """As the program said it; the engine indents what it shows."""
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.long
def test_a_rollback_goes_on_beside_a_broken_component(twice):
    assert twice.up("production").code != 0
    twice.set("production", "onProblem", "isolate")
    files = twice.files("manifests/production")
    before = twice.ledger("production")["components"]
    told = TEXT.format(release=before["default/forecast"]["history"][0]["name"])

    preview = twice.preview("production")
    assert preview.code != 0
    assert unindented(told) in unindented(preview.text)
    assert twice.files("manifests/production") == files

    done = twice.up("production")
    assert done.code != 0
    assert unindented(told) in unindented(done.text)
    after = twice.ledger("production")["components"]
    assert after["default/forecast"] == before["default/forecast"]
    history = [entry["release"] for entry in after["default/dashboard"]["history"]]
    assert history == [history[2], history[1], history[2]]
    assert of("forecast", twice.files("manifests/production")) == of("forecast", files)
    assert ":next\n" not in "".join(of("dashboard", twice.files("manifests/production")).values())

    (twice.root / "definitions/broken.yaml").unlink()
    twice.deployed("production", "--expect-no-changes")


def test_what_is_no_longer_wanted_is_deleted_although_the_run_ends_in_error(twice):
    twice.set("production", "onProblem", "isolate")
    twice.set("production", "bindings.dashboard.state", "Undeploy")
    assert twice.up("production").code != 0
    files = twice.files("manifests/production")
    assert not of("dashboard", files)
    assert of("forecast", files)
    assert twice.current("production", "dashboard")["state"] == "Undeploy"


def test_what_is_kept_is_put_back_when_somebody_touched_it(twice):
    twice.set("production", "onProblem", "isolate")
    before = of("forecast", twice.files("manifests/production"))
    path = next(name for name in before if "deployment" in name)
    twice.edit(f"manifests/production/{path}", "replicas: 3", "replicas: 9")
    assert twice.up("production").code != 0
    assert of("forecast", twice.files("manifests/production")) == before
