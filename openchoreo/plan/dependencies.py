"""Endpoints that components need from each other, and what to say where they are not there.

OpenChoreo renders a component without the variables of a dependency that is pending. Here it
is refused before anything is touched (difference 7), and so is an endpoint that the network
policy of its provider would keep closed (difference 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from openchoreo.catalog import Catalog
from openchoreo.document import Object
from openchoreo.errors import Problem, Stage, nearest
from openchoreo.rendering import Endpoint
from openchoreo.rendering.connections import Connection, Target, resolve_connection

PENDING, CLOSED = 7, 8
"""Numbers of the differences from OpenChoreo that can be relaxed here."""

Absence = Callable[[Target], tuple[str, str]]
"""Why nothing of a provider runs in this environment, and what would be right."""


class Provider(Struct, frozen=True):
    """What a component that runs here offers."""

    project: str
    endpoints: tuple[Endpoint, ...]
    visibilities: dict[str, tuple[str, ...]]
    """By endpoint; every endpoint can be reached from its own project."""
    broken: bool = False
    """It cannot be rendered; its own problems are told elsewhere."""


class Need(Struct, frozen=True):
    """One entry of `dependencies.endpoints` of a consumer."""

    subject: str
    index: int
    consumer_project: str
    target: Target
    dependency: Object

    def problem(self, message: str, hint: str = "") -> Problem:
        path = ("spec", "dependencies", "endpoints", self.index)
        return Problem(Stage.DEPENDENCIES, self.subject, path, message, hint)

    @property
    def name(self) -> str:
        target = self.target
        return f"the endpoint {target.endpoint} of {target.project}/{target.component}"


class Resolved(Struct, frozen=True):
    connection: Connection
    problem: Problem | None = None
    difference: int = 0


def resolve(need: Need, provider: Provider | None, absent: Absence) -> Resolved:
    """The connection, and the problem with it where there is one."""
    if provider is None:
        message, hint = absent(need.target)
        connection = resolve_connection(need.target, need.dependency, None)
        return Resolved(connection, need.problem(f"needs {need.name}: {message}", hint), PENDING)
    connection = resolve_connection(need.target, need.dependency, provider.endpoints)
    if connection.url is None:
        return Resolved(connection, _not_offered(need, provider), PENDING)
    if _closed(need, provider):
        return Resolved(connection, _not_exposed(need, provider), CLOSED)
    return Resolved(connection)


def unknown_provider(target: Target, catalog: Catalog) -> tuple[str, str]:
    """What to say of a provider that is no component of this run."""
    found = catalog.component(target.namespace, target.component)
    if found is None:
        known = catalog.names("Component", target.namespace)
        return "there is no such component", nearest(target.component, known)
    if found.project != target.project:
        message = f"{target.component} belongs to project {found.project}"
        return message, f"write project: {found.project}"
    message = f"project {target.project} is not in the scope of this stack"
    hint = (
        "add it to openchoreo:projects of this stack, or name the stack that deploys it: "
        f"pulumi config set --path 'openchoreo:projectStacks.{target.project}' "
        "<organization>/<Pulumi project>/<stack>"
    )
    return message, hint


def _not_offered(need: Need, provider: Provider) -> Problem:
    if provider.broken:
        message = f"needs {need.name}, which cannot be rendered"
        return need.problem(message, f"mend the problems of {need.target.component} first")
    offered = tuple(provider.visibilities)
    if need.target.endpoint not in offered:
        message = f"needs {need.name}, whose release here has no such endpoint"
        return need.problem(message, nearest(need.target.endpoint, offered))
    message = f"needs {need.name}, but no Service of it has the endpoint's port"
    return need.problem(message, "let the type of the provider render a Service with that port")


def _closed(need: Need, provider: Provider) -> bool:
    if need.consumer_project == provider.project:
        return False
    return "namespace" not in provider.visibilities.get(need.target.endpoint, ())


def _not_exposed(need: Need, provider: Provider) -> Problem:
    visible = ("project", *provider.visibilities.get(need.target.endpoint, ()))
    shown = ", ".join(dict.fromkeys(visible))
    message = (
        f"needs {need.name}, which is visible to {shown} only; its network policy keeps "
        f"project {need.consumer_project} out"
    )
    hint = f"add namespace to the visibility of that endpoint in the Workload of {need.target.component}"
    return need.problem(message, hint)


def needs_of(
    subject: str, project: str, pairs: Iterable[tuple[Target, Object]]
) -> tuple[Need, ...]:
    return tuple(
        Need(subject, index, project, target, dependency)
        for index, (target, dependency) in enumerate(pairs)
    )
