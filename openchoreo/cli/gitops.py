"""Manifests as trees that Flux and Argo CD deploy from git."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan import ExportedManifest
from openchoreo.provider.identity import identity_of
from openchoreo.provider.yaml_text import yaml_text


class Place(Struct, frozen=True):
    """Where in a git repository the tree lies, and what the objects around it are called."""

    name: str
    """Of the Pulumi project; the names of what is made for Flux and Argo CD begin with it."""
    path: str
    """Of the tree in its repository."""
    source: str = "flux-system"
    """Flux's GitRepository."""
    repository: str = ""
    """The address that Argo CD reads."""
    destinations: Mapping[str, str] = field(default_factory=dict[str, str])
    """Plane -> the name of its cluster in Argo CD, where it is not that of the plane."""


Planes = Mapping[str, Mapping[str, str]]
"""Plane -> file below the plane's folder -> text."""


def planes_of(
    manifests: Iterable[ExportedManifest], environment: str, retained: Object
) -> dict[str, dict[str, str]]:
    """One file for each object; what is retained gets annotations that keep it from being pruned.

    Raises OpenChoreoError for Secrets with data, and for objects that are there twice.
    """
    planes: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for one in manifests:
        identity = identity_of(one.manifest)
        assert identity is not None
        files = planes.setdefault(one.plane, {})
        text = yaml_text(_annotated(one.manifest, retained) if one.retained else one.manifest)
        if str(identity.kind) == "Secret" and {"data", "stringData"} & one.manifest.keys():
            problems.append(_secret(str(identity), environment))
        if files.setdefault(identity.file, text) != text:
            message = f"is rendered twice in {environment}, and not in the same way"
            problems.append(Problem(Stage.RENDER, str(identity), (), message))
    if problems:
        raise OpenChoreoError(*problems)
    return planes


FLUX_RETAINED: Object = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
ARGO_RETAINED: Object = {"argocd.argoproj.io/sync-options": "Prune=false"}


def flux_tree(place: Place, environments: Mapping[str, Planes]) -> dict[str, str]:
    """A folder with a kustomization.yaml for each plane of an environment, and beside them what
    makes Flux look there.
    """
    files: dict[str, str] = {}
    for folder, plane in _folders(environments).items():
        files |= {f"{folder}/{name}": text for name, text in plane.items()}
        files[f"{folder}/kustomization.yaml"] = yaml_text(
            {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "resources": [*sorted(plane)],
            }
        )
        name = folder.replace("/", "-")
        spec: Object = {
            "interval": "10m",
            "path": f"./{_joined(place.path, folder)}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": place.source},
        }
        files[f"kustomizations/{name}.yaml"] = yaml_text(
            {
                "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
                "kind": "Kustomization",
                "metadata": {"name": _object_name(place, name), "namespace": "flux-system"},
                "spec": spec,
            }
        )
    return files


def argo_tree(place: Place, environments: Mapping[str, Planes]) -> dict[str, str]:
    """A folder for each plane of an environment, and beside them an Application for each."""
    files: dict[str, str] = {}
    for folder, plane in _folders(environments).items():
        files |= {f"{folder}/{name}": text for name, text in plane.items()}
        name, cluster = folder.replace("/", "-"), folder.partition("/")[2]
        files[f"applications/{name}.yaml"] = yaml_text(
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Application",
                "metadata": {"name": _object_name(place, name), "namespace": "argocd"},
                "spec": {
                    "project": "default",
                    "source": {
                        "repoURL": place.repository,
                        "targetRevision": "HEAD",
                        "path": _joined(place.path, folder),
                        "directory": {"recurse": True},
                    },
                    "destination": {"name": place.destinations.get(cluster, cluster)},
                    "syncPolicy": {
                        "automated": {"prune": True},
                        "syncOptions": ["ServerSideApply=true"],
                    },
                },
            }
        )
    return files


def _folders(environments: Mapping[str, Planes]) -> dict[str, Mapping[str, str]]:
    return {
        f"{environment}/{plane}": files
        for environment, planes in environments.items()
        for plane, files in planes.items()
    }


def _joined(path: str, folder: str) -> str:
    return f"{path}/{folder}" if path not in {"", "."} else folder


def _object_name(place: Place, name: str) -> str:
    return re.sub("[^a-z0-9.-]", "-", f"{place.name}-{name}".lower())


def _annotated(manifest: Object, notes: Object) -> Object:
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    said = metadata.get("annotations")
    annotations: Object = {**notes, **(said if isinstance(said, dict) else {})}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def _secret(subject: str, environment: str) -> Problem:
    message = f"has data, which would be in git for {environment}"
    hint = (
        "write an OpenChoreo SecretReference, which names the key in the secret store; "
        "the cluster fetches the value"
    )
    return Problem(Stage.RENDER, subject, (), message, hint)
