"""What Resources offer to the components of their project, and when it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from openchoreo.document import Object
from openchoreo.errors import Problem, Stage, nearest
from openchoreo.plan.scope import Key
from openchoreo.rendering import Output
from openchoreo.rendering.resource_dependencies import ResourceDependency
from openchoreo.rendering.shapes import items, mapping, text

VALUE = "value"
"""The kind of an output that is plain text; others are called as the field that names them."""

Absence = Callable[[Key, str], tuple[str, str]]
"""Why nothing of a Resource runs in this environment, and what would be right; the text is the
project of who needs it.
"""


class Handed(Struct, frozen=True):
    """An output that the program itself gives; `output` is None where it is known only later."""

    kind: str
    output: Output | None = None


class Offer(Struct, frozen=True, kw_only=True):
    """The outputs of one Resource that runs here."""

    project: str
    declared: Mapping[str, str] = field(default_factory=dict[str, str])
    """Output -> its kind."""
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    """Those that are known."""
    late: frozenset[str] = frozenset()
    """Those that are known once the Resource has been applied."""
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those that cannot be known here, and why."""
    broken: bool = False
    """It cannot be rendered; its own problems are told elsewhere."""


class ResourceNeed(Struct, frozen=True):
    """One entry of `dependencies.resources` of a component."""

    subject: str
    index: int
    project: str
    resource: Key
    dependency: Object

    @property
    def name(self) -> str:
        return f"the Resource {self.resource[1]}"

    @property
    def env_bindings(self) -> dict[str, str]:
        return _texts(mapping(self.dependency, "envBindings"))

    @property
    def file_bindings(self) -> dict[str, str]:
        return _texts(mapping(self.dependency, "fileBindings"))

    @property
    def bound(self) -> tuple[tuple[str, str], ...]:
        """Where an output is bound, and its name."""
        return (
            *(("envBindings", output) for output in self.env_bindings),
            *(("fileBindings", output) for output in self.file_bindings),
        )

    def problem(self, message: str, hint: str = "", at: tuple[str, ...] = ()) -> Problem:
        path = ("spec", "dependencies", "resources", self.index, *at)
        return Problem(Stage.DEPENDENCIES, self.subject, path, message, hint)

    def met(self, outputs: Mapping[str, Output]) -> ResourceDependency:
        return ResourceDependency(self.resource[1], outputs, self.env_bindings, self.file_bindings)


def resource_needs(
    subject: str, namespace: str, project: str, workload: Object
) -> tuple[ResourceNeed, ...]:
    """A component can only use Resources of its own project."""
    dependencies = items(mapping(workload, "dependencies"), "resources")
    return tuple(
        ResourceNeed(subject, index, project, (namespace, text(one, "ref")), one)
        for index, one in enumerate(dependencies)
    )


def late_in(need: ResourceNeed, offer: Offer) -> bool:
    return any(output in offer.late for _, output in need.bound)


def problems_with(need: ResourceNeed, offer: Offer | None, absent: Absence) -> list[Problem]:
    """Why a need cannot be met; nothing where it can, by now or later."""
    if offer is None or offer.project != need.project:
        message, hint = absent(need.resource, need.project)
        return [need.problem(f"needs {need.name}: {message}", hint)]
    if offer.broken:
        hint = f"mend the problems of {need.resource[1]} first"
        return [need.problem(f"needs {need.name}, which cannot be rendered", hint)]
    return [
        problem for where, output in need.bound for problem in _wrong(need, offer, where, output)
    ]


def _wrong(need: ResourceNeed, offer: Offer, where: str, output: str) -> Iterable[Problem]:
    name = f"the output {output} of {need.name}"
    if output not in offer.declared:
        message = f"needs {name}, whose release here has no such output"
        yield need.problem(message, nearest(output, tuple(offer.declared)), (where, output))
    elif output in offer.unknown:
        hint = "deploy to a cluster, or hand it over in __main__.py: deploy(resources={...})"
        yield need.problem(f"needs {name}: {offer.unknown[output]}", hint, (where, output))
    elif where == "fileBindings" and offer.declared[output] == VALUE:
        message = f"mounts {name} as a file, but it is plain text there, and no Secret or ConfigMap"
        hint = "bind it to a variable under envBindings, or let its type offer a secretKeyRef"
        yield need.problem(message, hint, (where, output))


def _texts(found: Object) -> dict[str, str]:
    return {key: str(value) for key, value in found.items()}
