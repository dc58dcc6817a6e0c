"""Resources such as databases in one environment: their objects, and what they offer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from openchoreo.delivery import Release
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import Project, Resource_
from openchoreo.plan.offers import VALUE, Handed, Offer
from openchoreo.plan.owners import DecidedOwner, retained
from openchoreo.plan.surroundings import Surroundings
from openchoreo.rendering import (
    Applied,
    Output,
    Rendered,
    ResourceInput,
    ready,
    render_resource,
    resolve_outputs,
)
from openchoreo.rendering.identity import resource_uid
from openchoreo.rendering.shapes import items, mapping, text

_OBSERVED = re.compile(r"\bapplied\s*[.\[]")
_KINDS = (VALUE, "secretKeyRef", "configMapKeyRef")

HANDED = "deploy(resources=...)"
"""What problems call the outputs that the program gives."""


class Managed(Struct, frozen=True, kw_only=True):
    """One Resource that is to run, rendered."""

    decided: DecidedOwner
    release: Release
    given: ResourceInput
    rendered: Rendered
    offer: Offer
    handed: Mapping[str, Handed]
    retained: bool


class Observed(Struct, frozen=True):
    """What is known of a Resource once a cluster has been asked."""

    outputs: Mapping[str, Output]
    waiting: tuple[str, ...]
    """What keeps it from being ready, in words."""


def managed_of(
    one: DecidedOwner,
    release: Release,
    project: Project | None,
    around: Surroundings,
    *,
    live: bool,
    handed: Mapping[str, Handed],
) -> Managed:
    """`live` is whether a cluster can be asked. Raises OpenChoreoError with every problem."""
    given = _input(one, release, project, around)
    rendered = render_resource(given)
    return Managed(
        decided=one,
        release=release,
        given=given,
        rendered=rendered,
        offer=_offer(one, given, handed, live=live),
        handed=handed,
        retained=retained(one.binding, release.spec),
    )


def observed(given: ResourceInput, handed: Mapping[str, Output], applied: Applied) -> Observed:
    """What the Resource offers, and whether it is ready, by what the cluster says of it.

    `applied` is id of the template -> `status`. Templates without an object are not waited for.
    """
    waiting: list[str] = []
    for template in applied:
        try:
            holds = ready(given, applied, template)
        except OpenChoreoError as error:
            waiting += [f"{template}: {problem.message}" for problem in error.problems]
        else:
            waiting += [] if holds else [f"{template}: its readyWhen does not hold"]
    found = resolve_outputs(given, applied)
    outputs = {**found.outputs, **handed}
    missing = [one for one in found.problems if _output_of(given, one) not in handed]
    waiting += [f"output {_output_of(given, one)}: {one.message}" for one in missing]
    return Observed(outputs, tuple(waiting))


def offered(outputs: Mapping[str, Output]) -> dict[str, Object]:
    """As the ledger keeps them."""
    return {name: _document(output) for name, output in outputs.items()}


def _document(output: Output) -> Object:
    if output.source:
        return {output.source: {"name": output.name, "key": output.key}}
    return {"value": output.value}


def _input(
    one: DecidedOwner, release: Release, project: Project | None, around: Surroundings
) -> ResourceInput:
    own = one.resource.metadata.uid if isinstance(one.resource, Resource_) else None
    theirs = project.metadata.uid if project else None
    return ResourceInput(
        namespace=one.namespace,
        project=one.project,
        resource=one.name,
        environment=around.environment.name,
        resource_uid=resource_uid("Resource", one.namespace, one.name, own),
        project_uid=resource_uid("Project", one.namespace, one.project, theirs),
        environment_uid=around.environment_uid,
        data_plane_uid=around.data_plane_uid,
        release=release.spec,
        environment_resource=around.environment,
        data_plane=around.data_plane,
        environment_configs=one.binding.environment_configs,
        annotations=one.binding.annotations,
        relaxed=around.relaxed,
    )


def _offer(
    one: DecidedOwner, given: ResourceInput, handed: Mapping[str, Handed], *, live: bool
) -> Offer:
    declared = _declared(given)
    kinds = {text(output, "name"): _kind(output) for output in declared}
    _check_handed(one, kinds, handed)
    observing = {text(o, "name") for o in declared if _observes(o)} - handed.keys()
    found = resolve_outputs(given, {})
    failed = {_output_of(given, problem): problem for problem in found.problems}
    wrong = [problem for name, problem in failed.items() if name not in {*observing, *handed}]
    if wrong:
        raise OpenChoreoError(*wrong)
    known = {
        **{name: o for name, o in found.outputs.items() if name not in {*observing, *handed}},
        **{name: one.output for name, one in handed.items() if one.output},
    }
    why = "it is known only to the cluster, and this data plane is written to files"
    late = {name for name, one in handed.items() if one.output is None}
    return Offer(
        project=given.project,
        declared=kinds,
        outputs={name: known[name] for name in kinds if name in known},
        late=frozenset({*late, *observing} if live else late),
        unknown={} if live else dict.fromkeys(sorted(observing), why),
    )


def _declared(given: ResourceInput) -> list[Object]:
    return items(mapping(mapping(given.release, "resourceType"), "spec"), "outputs")


def _kind(output: Object) -> str:
    return next((kind for kind in _KINDS if output.get(kind) is not None), VALUE)


def _observes(output: Document) -> bool:
    """Whether an output is made of what the cluster says of the objects."""
    if isinstance(output, dict):
        return any(map(_observes, output.values()))
    return isinstance(output, str) and "${" in output and bool(_OBSERVED.search(output))


def _output_of(given: ResourceInput, problem: Problem) -> str:
    """The output that a problem is about, by its place in the type."""
    place = problem.path.index("outputs") + 1 if "outputs" in problem.path else 0
    index = problem.path[place] if place else None
    declared = _declared(given)
    return text(declared[index], "name") if isinstance(index, int) else ""


def _check_handed(
    one: DecidedOwner, kinds: Mapping[str, str], handed: Mapping[str, Handed]
) -> None:
    problems: list[Problem] = []
    for name, output in handed.items():
        path = (f"{one.namespace}/{one.name}", name)
        if name not in kinds:
            message = f"the type of Resource {one.name} declares no output {name}"
            problems.append(Problem(Stage.RESOURCE, HANDED, path, message, nearest(name, [*kinds])))
        elif kinds[name] != output.kind:
            message = (
                f"the type declares it as {kinds[name]}, and it is handed over as {output.kind}"
            )
            hint = _AS.get(kinds[name], "")
            problems.append(Problem(Stage.RESOURCE, HANDED, path, message, hint))
    if problems:
        raise OpenChoreoError(*problems)


_AS = {
    VALUE: "hand over text",
    "secretKeyRef": "hand over SecretKey(name, key)",
    "configMapKeyRef": "hand over ConfigMapKey(name, key)",
}


def known_handed(handed: Mapping[str, Handed], found: Mapping[str, Output]) -> dict[str, Output]:
    """All handed outputs, those that came later from `found`."""
    return {
        name: one.output or found[name]
        for name, one in handed.items()
        if one.output or name in found
    }
