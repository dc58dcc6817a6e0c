"""An API server takes every manifest that is rendered, in the example and in the samples."""

import json
import subprocess
import sys

import pytest

from tests.cluster.conftest import REPORTED
from tests.cluster.dry_run import kind_of, kinds, namespaces, refusal
from tests.cluster.waiting import eventually
from tests.differential.cases import cases, samples
from tools.console import ROOT

pytestmark = pytest.mark.cluster

# Group by group, so that a kind that gets lost is noticed.
WITHOUT_DEFINITIONS = {
    "apisix.apache.org",
    "configuration.konghq.com",
    "gateway.api-platform.wso2.com",
    "gateway.envoyproxy.io",
    "gateway.kgateway.dev",
    "gateway.nginx.org",
    "http.keda.sh",
    "keda.sh",
    "traefik.io",
}
# "<kind> <name>: <the server's words>", each with whose fault it is. None so far.
EXPECTED_REFUSALS: set[str] = set()


@pytest.fixture
def known(cluster):
    """Of kinds that are new, an API server learns a moment after they are established."""
    last = (
        ("external-secrets.io/v1", "ExternalSecret"),
        ("gateway.networking.k8s.io/v1", "TLSRoute"),
    )
    return eventually(lambda: kinds(cluster.api), lambda found: all(each in found for each in last))


def check(cluster, known, manifests):
    """What is refused, and what the server has no kind for; everything else is accepted."""
    cluster.need_namespaces(namespaces(manifests))
    unknown = [each for each in manifests if kind_of(each) not in known]
    told = {
        f"{each['kind']} {each['metadata']['name']}: {words}"
        for each in manifests
        if kind_of(each) in known and (words := refusal(cluster.api, known[kind_of(each)], each))
    }
    return told, unknown


def rendered(environment):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openchoreo", "render", "--definitions", "definitions"),
            *("--environment", environment, "--format", "json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [one["manifest"] for each in json.loads(done.stdout) for one in each["manifests"]]


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_every_manifest_of_the_example_is_accepted(environment, cluster, known, record_property):
    manifests = rendered(environment)
    assert check(cluster, known, manifests) == (set(), [])
    assert {"Deployment", "HTTPRoute", "Namespace"} <= {each["kind"] for each in manifests}
    record_property(
        REPORTED, f"accepts all {len(manifests)} manifests of the example's {environment}"
    )


def published():
    """Each object that OpenChoreo's own renderer made of the samples, once."""
    chains = ("component", "project", "resource")
    expected = [case.expected for chain in chains for case in cases(chain)]
    found = {
        json.dumps(each, sort_keys=True): each
        for one in expected
        for each in [*(one.get("resources") or ()), *(one.get("networkPolicies") or ())]
    }
    return list(found.values())


def test_the_server_accepts_what_openchoreo_renders_of_the_samples(cluster, known, record_property):
    if samples() is None:
        pytest.skip("the samples are not here: OPENCHOREO_SAMPLES names their folder")
    manifests = published()
    told, unknown = check(cluster, known, manifests)
    groups = {each["apiVersion"].partition("/")[0] for each in unknown}
    asked = len(manifests) - len(unknown)
    record_property(
        REPORTED,
        f"accepts {asked - len(told)} of {asked} objects of the samples in "
        f"{len(namespaces(manifests))} namespaces; no definitions of another {len(unknown)} "
        f"({', '.join(sorted(groups))})",
    )
    assert told == EXPECTED_REFUSALS
    assert groups == WITHOUT_DEFINITIONS
    assert asked > len(unknown)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            {"replica": 1},
            "failed to create typed patch object ({namespace}/{name}; apps/v1, Kind=Deployment): "
            ".spec.replica: field not declared in schema",
            id="a typo",
        ),
        pytest.param(
            {"replicas": -1},
            'Deployment.apps "{name}" is invalid: spec.replicas: Invalid value: -1: must be '
            "greater than or equal to 0",
            id="a value",
        ),
        pytest.param(
            {"selector": {"matchLabels": {"a": "b"}}},
            'Deployment.apps "{name}" is invalid: spec.template.metadata.labels: Invalid value: '
            "{labels}: `selector` does not match template `labels`",
            id="a rule",
        ),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(change, words, cluster, known):
    [manifest, *_] = [each for each in rendered("development") if each["kind"] == "Deployment"]
    cluster.need_namespaces(namespaces([manifest]))
    assert refusal(cluster.api, known[kind_of(manifest)], manifest) == ""
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    manifest["spec"] |= change
    assert refusal(cluster.api, known[kind_of(manifest)], manifest) == words.format(
        name=manifest["metadata"]["name"],
        namespace=manifest["metadata"]["namespace"],
        labels=json.dumps(labels, sort_keys=True, separators=(",", ":")),
    )


def test_a_dry_run_keeps_nothing(cluster, known):
    [manifest, *_] = [each for each in rendered("staging") if each["kind"] == "Service"]
    cluster.need_namespaces(namespaces([manifest]))
    kind = known[kind_of(manifest)]
    assert refusal(cluster.api, kind, manifest) == ""
    assert cluster.api.get(kind.path(manifest["metadata"])).status == 404
