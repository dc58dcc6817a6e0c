"""What all components of a namespace meet in one environment: the same values, made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import cast

from msgspec import Struct

from openchoreo.document import Document, digest
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import DataPlane, Environment, Resource, SecretReference
from openchoreo.plan.scope import Scope
from openchoreo.rendering.identity import resource_uid

ReadYaml = Callable[[str], Document]


class Surroundings(Struct, frozen=True, dict=True):
    """An environment of one control-plane namespace, and its data plane."""

    environment: Environment
    data_plane: DataPlane
    secret_references: Mapping[str, SecretReference]
    default_notification_channel: str
    relaxed: frozenset[int]
    read_yaml: ReadYaml | None = None

    @cached_property
    def digest(self) -> str:
        """Over all that rendering looks at."""
        secrets = {name: one.document() for name, one in sorted(self.secret_references.items())}
        return digest(
            {
                "environment": self.environment.document(),
                "dataPlane": self.data_plane.document(),
                "secretReferences": cast("Document", secrets),
                "channel": self.default_notification_channel,
                "relaxed": cast("Document", sorted(self.relaxed)),
            }
        )

    @property
    def environment_uid(self) -> str:
        return uid_of(self.environment)

    @property
    def data_plane_uid(self) -> str:
        return uid_of(self.data_plane)


def uid_of(resource: Resource) -> str:
    return resource_uid(resource.kind, resource.namespace, resource.name, resource.metadata.uid)


def surroundings_of(
    scope: Scope, namespace: str, relaxed: frozenset[int], read_yaml: ReadYaml | None
) -> Surroundings:
    """Raises OpenChoreoError where the environment has no data plane."""
    catalog = scope.catalog
    environment = scope.environment_of(namespace)
    if environment is None:
        raise OpenChoreoError(_no_environment(scope, namespace))
    data_plane = scope.data_plane_of(namespace)
    if data_plane is None:
        raise OpenChoreoError(_no_data_plane(scope, environment))
    return Surroundings(
        environment,
        data_plane,
        catalog.secret_references(namespace),
        catalog.default_notification_channel(namespace, scope.environment),
        relaxed,
        read_yaml,
    )


def surroundings_by_namespace(
    scope: Scope,
    namespaces: Iterable[str],
    relaxed: frozenset[int],
    read_yaml: ReadYaml | None,
    found: Collector,
) -> dict[str, Surroundings]:
    """Those of each namespace; what is wrong with one is noted in `found`, and it is left out."""
    around = {
        namespace: found.attempt(
            lambda namespace=namespace: surroundings_of(scope, namespace, relaxed, read_yaml)
        )
        for namespace in dict.fromkeys(namespaces)
    }
    return {namespace: value for namespace, value in around.items() if value}


def _no_environment(scope: Scope, namespace: str) -> Problem:
    message = f"there is no Environment {scope.environment} in namespace {namespace}"
    hint = nearest(scope.environment, scope.catalog.names("Environment", namespace))
    return Problem(Stage.BINDING, f"Namespace {namespace}", (), message, hint)


def _no_data_plane(scope: Scope, environment: Environment) -> Problem:
    reference = environment.spec.data_plane_ref
    kinds = ("ClusterDataPlane", "DataPlane")
    known = [name for kind in kinds for name in scope.catalog.names(kind, environment.namespace)]
    if reference is None:
        message = "names no data plane, and there is no DataPlane or ClusterDataPlane default"
        hint = f"known: {', '.join(known)}" if known else "define a ClusterDataPlane default"
        return Problem(Stage.BINDING, str(environment), ("spec", "dataPlaneRef"), message, hint)
    message = f"there is no {reference.kind} {reference.name}"
    hint = nearest(reference.name, known) or "the definitions have no data plane at all"
    path = ("spec", "dataPlaneRef", "name")
    return Problem(Stage.BINDING, str(environment), path, message, hint)
