"""Manifests of what an environment runs, rendered from exported documents alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Ledger, Record, Words
from openchoreo.document import Object
from openchoreo.errors import Problem
from openchoreo.model import BindingValues, ResourceRelease, ResourceReleaseBinding
from openchoreo.plan.channels import has_channels
from openchoreo.plan.clusters import left_to_autoscalers
from openchoreo.plan.exporting import ExportedDocument, with_exported
from openchoreo.plan.offline import render_offline
from openchoreo.plan.offline_inputs import OfflineInputs, RenderedResource
from openchoreo.plan.planes import observability_of
from openchoreo.plan.planned import manifests_digest
from openchoreo.plan.scope import Scope, text
from openchoreo.plan.surroundings import ReadYaml
from openchoreo.rendering import OBSERVABILITY_PLANE


class ExportedManifest(Struct, frozen=True):
    """`retained`: it is to stay where its Resource goes."""

    plane: str
    manifest: Object
    retained: bool = False


class ExportedManifests(Struct, frozen=True):
    """`differing` are owners of which something else is recorded as deployed, as namespace/name
    or resource/namespace/name.
    """

    manifests: tuple[ExportedManifest, ...]
    problems: tuple[Problem, ...]
    differing: tuple[str, ...]


def exported_manifests(
    scope: Scope,
    config: StackConfig,
    ledger: Ledger,
    documents: Iterable[ExportedDocument],
    *,
    relaxed: frozenset[int],
    read_yaml: ReadYaml,
) -> ExportedManifests:
    """What runs according to the ledger, and nothing else that is defined."""
    exported = tuple(documents)
    overlaid = replace(scope, catalog=with_exported(scope.catalog, exported))
    gone = [key for key in scope.component_keys if not _runs(ledger.recorded(text(key)))]
    rendered = render_offline(
        OfflineInputs(
            scope=overlaid,
            bindings={text(key): BindingValues(state="Undeploy") for key in gone},
            relaxed=relaxed,
            read_yaml=read_yaml,
        )
    )
    kept = [one for one in rendered.resources if _is_deployed(one, config, ledger)]
    retained = frozenset(_retained(exported))
    return ExportedManifests(
        tuple(found for one in kept for found in _manifests(overlaid, one, retained)),
        rendered.problems,
        tuple(_differing(kept, ledger)),
    )


_WORDS = {"component": COMPONENTS, "project": PROJECTS, "resource": RESOURCES}


def _record(one: RenderedResource, ledger: Ledger) -> tuple[Words, str, Record | None]:
    words = _WORDS[one.chain]
    name = one.component or one.resource or one.project
    key = text((one.namespace, name))
    return words, key, ledger.recorded(key, chain=words.chain)


def _runs(record: Record | None) -> bool:
    return record is not None and record.running


def _is_deployed(one: RenderedResource, config: StackConfig, ledger: Ledger) -> bool:
    if one.chain == "environment":
        return has_channels(config)
    return _runs(_record(one, ledger)[2])


def _differing(rendered: Iterable[RenderedResource], ledger: Ledger) -> Iterator[str]:
    for one in rendered:
        if one.chain == "environment":
            continue
        words, key, record = _record(one, ledger)
        assert record is not None
        if manifests_digest(one.manifests) != record.current.manifests:
            yield words.removal(key)


def _manifests(
    scope: Scope, one: RenderedResource, retained: frozenset[str]
) -> Iterator[ExportedManifest]:
    found = scope.data_plane_of(one.namespace)
    assert found is not None
    stays = one.chain == "resource" and text((one.namespace, one.resource)) in retained
    planes = [rendered.target_plane for rendered in one.manifests]
    manifests = left_to_autoscalers(rendered.manifest for rendered in one.manifests)
    for plane, manifest in zip(planes, manifests, strict=True):
        name = observability_of(found.name) if plane == OBSERVABILITY_PLANE else found.name
        yield ExportedManifest(name, manifest, stays)


def _retained(documents: Iterable[ExportedDocument]) -> Iterator[str]:
    """Resources whose objects outlive them: the binding says so, else the type."""
    policies: dict[str, dict[bool, str | None]] = {}
    for one in documents:
        found = policies.setdefault(text((one.resource.namespace, one.owner)), {})
        if isinstance(one.resource, ResourceRelease):
            found[True] = one.resource.spec.resource_type.spec.retain_policy
        elif isinstance(one.resource, ResourceReleaseBinding):
            found[False] = one.resource.spec.retain_policy
    for key, found in policies.items():
        if (found.get(False) or found.get(True)) == "Retain":
            yield key
