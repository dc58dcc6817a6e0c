"""Public samples as repositories, and ways to take one through its environments."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import yaml

from tests.differential.cases import cases
from tests.differential.comparison import manifest_differences
from tests.differential.trees import key as key_of
from tests.differential.trees import merged

ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("OPENCHOREO_SAMPLES", ROOT.parent / "shared/samples"))
STACKS = ("development", "staging", "production")

DATA_PLANE = """\
apiVersion: openchoreo.dev/v1alpha1
kind: ClusterDataPlane
metadata:
  name: default
spec:
  planeID: default
  clusterAgent: {clientCA: {value: ""}}
  secretStoreRef: {name: default}
  gateway:
    ingress:
      external: {name: gateway, namespace: gateways, http: {host: example.test, port: 80}}
"""

ON_TOP_OF = {"oc-component-alerts": "oc-gcp-microservices-demo"}
"""Samples whose project is that of another one."""

POLICIES = {
    "oc-component-types-component-http-service": {"relaxed": [12]},
    "oc-component-types-component-web-app": {"relaxed": [12]},
    "oc-component-types-component-tls-service": {
        "credentials": {
            "allowed": [
                {
                    "kind": "Component",
                    "name": "default/demo-app-tls-service",
                    "path": 'workload.container.files["tls.key"]',
                    "reason": "the key of a demonstration",
                }
            ]
        }
    },
}
"""Trees of which something is refused on purpose, and what lets it pass."""

WALKED = (
    "oc-from-image-doclet",
    "oc-from-image-url-shortener",
    "oc-gcp-microservices-demo",
    "oc-component-alerts",
    "oc-component-types-component-grpc-service",
    "oc-component-types-component-http-openapi-service",
    "oc-component-types-component-http-service",
    "oc-component-types-component-tls-service",
    "oc-component-types-component-web-app",
    "oc-component-types-component-with-configs",
    "oc-component-types-component-with-embedded-traits",
)
EVERY_DAY = WALKED[:1]

SET = re.compile(r"pulumi config set --path '(openchoreo:[^']+)' (\S+) --stack (\S+)")


def repository_of(tree, new_repository, tmp_path):
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    for number, document in enumerate(documents(tree)):
        (definitions / f"{number:04}.json").write_text(json.dumps(document))
    repository = new_repository(tmp_path / "repository", definitions, "samples")
    if tree in POLICIES:
        repository.write("policy.yaml", yaml.safe_dump(POLICIES[tree]))
    return repository


def documents(tree):
    """What the tree holds, and a channel for alerts in every environment that has none."""
    found = merged(tree)
    if tree in ON_TOP_OF:
        known = {key_of(one) for one in found}
        found += [one for one in merged(ON_TOP_OF[tree]) if key_of(one) not in known]
    channels = [one for one in found if one["kind"] == CHANNEL]
    if channels:
        served = {one["spec"]["environment"] for one in channels if one["spec"].get("isEnvDefault")}
        found += [channel(stack) for stack in STACKS if stack not in served]
    return found


CHANNEL = "ObservabilityAlertsNotificationChannel"


def channel(environment):
    config = {"url": "https://alerts.example.test"}
    return {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": CHANNEL,
        "metadata": {"name": f"alerts-{environment}", "namespace": "default"},
        "spec": {
            "environment": environment,
            "isEnvDefault": True,
            "type": "webhook",
            "webhookConfig": config,
        },
    }


def everything_available(repository, stack):
    """Types the commands that a run prints for what could be deployed, until there are none."""
    for _ in range(3):
        text = repository.deployed(stack)
        commands = dict.fromkeys(SET.findall(unwrapped(text)))
        if not commands:
            return
        for path, value, named in commands:
            assert named == stack
            repository.set(stack, path.removeprefix("openchoreo:"), value)
    raise AssertionError(f"there is still something available: {text}")


def unwrapped(text):
    return "\n".join(line for line in text.splitlines() if " is available (" in line)


def promote(repository, stack, source):
    """Pins all that the environment before runs."""
    ledger = repository.ledger(source)
    for chain, key, field in (
        ("components", "bindings", "releaseName"),
        ("resources", "resourceBindings", "resourceRelease"),
    ):
        for name, record in ledger.get(chain, {}).items():
            entry = record["history"][0]
            assert entry["state"] == "Active"
            short = name.partition("/")[2]
            repository.set(stack, f"{key}.{short}.{field}", entry.get("alias") or entry["name"])


def deployed_objects(repository, stack):
    """(plane, kind, namespace, name) -> manifest, of all planes."""
    found = {}
    for name, text in repository.files(f"manifests/{stack}").items():
        manifest = yaml.safe_load(text)
        metadata = manifest["metadata"]
        folder = name.partition("/")[0]
        plane = "observabilityplane" if folder.endswith("-observability") else "dataplane"
        key = (plane, manifest["kind"], metadata.get("namespace", ""), metadata["name"])
        found[key] = manifest
    return found


def differences(case, found):
    """What OpenChoreo renders of one component, against what lies in the files."""
    expected = case.expected
    planes = expected.get("targetPlanes") or ["dataplane"] * len(expected["resources"])
    theirs = list(zip(planes, expected["resources"], strict=True))
    theirs += [("dataplane", one) for one in expected.get("networkPolicies") or ()]
    ours = []
    for plane, due in theirs:
        metadata = due["metadata"]
        key = (plane, due["kind"], metadata.get("namespace", ""), metadata["name"])
        if key not in found:
            return [f"{key} is not there"]
        ours.append((plane, found[key]))
    return manifest_differences({**expected, "targetPlanes": planes}, ours)


def comparable(tree, stack, ledger):
    """What the reference rendered for an environment with every dependency met.

    Projects in which nothing runs have no namespace here. Where a sample stands on another one,
    what it does not define itself is as there.
    """
    trees = {tree, ON_TOP_OF.get(tree, tree)}
    redefined = {case.expected.get("component") for case in cases() if case.tree == tree}
    for chain in ("component", "project", "resource"):
        for case in cases(chain):
            one = case.expected
            own = case.tree == tree or one.get("component") not in redefined
            here = case.tree in trees and own and one.get("environment") == stack
            sound = one.get("resources") and not one.get("errorStage")
            empty = chain == "project" and f"default/{one['project']}" not in ledger["projects"]
            if here and sound and not empty and not one.get("pendingResourceDependencies"):
                yield case
