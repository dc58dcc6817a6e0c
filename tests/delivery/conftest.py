"""Definitions, ledgers and situations, written as short as a table of cases needs them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from msgspec.structs import replace

from openchoreo.delivery import (
    Applied,
    Ledger,
    Release,
    ReleaseStore,
    Situation,
    Snapshots,
    Stamp,
    Upstream,
    applied,
    binding_of,
    empty_ledger,
    pipeline_of,
)
from openchoreo.delivery.release import release_of
from openchoreo.errors import OpenChoreoError
from openchoreo.model import BindingValues, DeploymentPipeline, parse

CORPUS = Path(__file__).parent / "corpus"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ENVIRONMENTS = ("development", "staging", "production")


def parsed(text: str) -> list:
    return [parse(document).resource for document in yaml.safe_load_all(text) if document]


def snapshot_of(text: str, **options) -> Release:
    """The release of the one component in a YAML text."""
    return snapshot_of_resources(parsed(text), **options)


def snapshot_of_resources(resources: list, snapshots: Snapshots | None = None, **options):
    of = {kind: [r for r in resources if r.kind == kind] for kind in {r.kind for r in resources}}
    (component,) = of["Component"]
    (component_type,) = (
        r for r in resources if r.kind in {"ComponentType", "ClusterComponentType"}
    )
    traits = [r for r in resources if r.kind in {"Trait", "ClusterTrait"}]
    (workload,) = of["Workload"]
    return (snapshots or Snapshots()).today(component, component_type, traits, workload, **options)


def release(image: str, *, component: str = "greeter", alias: str = "") -> Release:
    """A small release; another image gives another digest."""
    spec = {
        "componentType": {
            "kind": "ComponentType",
            "name": "deployment/plain",
            "spec": {"workloadType": "deployment", "resources": [{"id": "deployment"}]},
        },
        "workload": {"container": {"image": image}},
    }
    return release_of(component, 1, spec, alias=alias)


def stamp(hours: int = 0, by: str = "ada") -> Stamp:
    return Stamp(NOON + timedelta(hours=hours), by)


def done(of: Release, *, manifests: str = "0", **changes) -> Applied:
    values = {"proof": "rendered", "rendering": 1, "manifests": "sha256:" + manifests * 64}
    return applied(of, **{**values, **changes})


def ledger(environment: str, *ran: Release | None, key: str = "default/greeter") -> Ledger:
    """Releases one after the other, each an hour later; None undeploys."""
    book = empty_ledger(f"lineage-of-{environment}", environment)
    book = book.within(namespaces=["default"], projects=[("default", "shop")], planes={})
    for hour, one in enumerate(ran):
        if one is None:
            book = book.with_undeployed(key, stamp(hour))
        else:
            book = book.with_deployed(key, done(one), stamp(hour), project="shop")
    return book


def pipeline(*paths: tuple[str, str], environments=ENVIRONMENTS, **options):
    return pipeline_of(pipeline_resource(*paths), environments, **options)


def pipeline_resource(*paths: tuple[str, str]) -> DeploymentPipeline:
    ways = [
        {
            "sourceEnvironmentRef": {"name": source},
            "targetEnvironmentRefs": [{"name": target}] if target else [],
        }
        for source, target in paths
    ]
    document = {
        "apiVersion": "openchoreo.dev/v1alpha1",
        "kind": "DeploymentPipeline",
        "metadata": {"name": "standard", "namespace": "default"},
        "spec": {"promotionPaths": ways},
    }
    resource = parse(document).resource
    assert isinstance(resource, DeploymentPipeline)
    return resource


STANDARD = (("development", "staging"), ("staging", "production"))


def binding(**fields):
    hold = fields.pop("hold", False)
    values = BindingValues.model_validate(fields)
    return binding_of("Component default/greeter", "greeter", (), values, hold=hold)


def situation(environment: str, *ran: Release | None, pin: str = "", **changes) -> Situation:
    """greeter in one environment of the standard pipeline, where `ran` is recorded."""
    said = changes.pop("said", {})
    known = changes.pop("known", ())
    base = Situation(
        namespace="default",
        project="shop",
        component="greeter",
        environment=environment,
        stack=f"organization/shop/{environment}",
        binding=binding(**said, **({"releaseName": pin} if pin else {})),
        pipeline=pipeline(*STANDARD),
        recorded=ledger(environment, *ran).recorded("default/greeter"),
        documents=ReleaseStore().with_releases([*(r for r in ran if r), *known]),
        lineage=f"lineage-of-{environment}",
    )
    return replace(base, **changes)


def upstream(environment: str, *ran: Release | None, **changes) -> Upstream:
    base = Upstream(
        environment=environment,
        stack=f"organization/shop/{environment}",
        ledger=ledger(environment, *ran),
    )
    return replace(base, **changes)


def refusal(action) -> str:
    """The whole text of the problems that an action raises."""
    with pytest.raises(OpenChoreoError) as raised:
        action()
    return str(raised.value)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(
        binding=binding,
        corpus=CORPUS,
        done=done,
        ledger=ledger,
        parsed=parsed,
        pipeline=pipeline,
        pipeline_resource=pipeline_resource,
        refusal=refusal,
        release=release,
        situation=situation,
        snapshot=snapshot_of,
        snapshot_of_resources=snapshot_of_resources,
        stamp=stamp,
        standard=STANDARD,
        upstream=upstream,
    )
