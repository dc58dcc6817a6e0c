"""DeploymentPipelines: which environment comes before which.

OpenChoreo checks nothing of the graph, and its tools read it in different ways. Here it is
checked when it is loaded (difference 6, which can be relaxed).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openchoreo.errors import OpenChoreoError, Path, Problem, Stage, nearest
from openchoreo.model import DeploymentPipeline, label

DIFFERENCE = 6


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The environments in the order of the promotion paths, and what lies before each."""

    namespace: str
    name: str
    root: str
    before: Mapping[str, tuple[str, ...]]
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def environments(self) -> tuple[str, ...]:
        return tuple(self.before)

    def __contains__(self, environment: object) -> bool:
        return environment in self.before

    def __str__(self) -> str:
        return label("DeploymentPipeline", self.namespace, self.name)

    def upstreams(self, environment: str) -> tuple[str, ...]:
        """The environments from which releases are promoted to this one; none for the root."""
        return self.before.get(environment, ())

    def downstreams(self, environment: str) -> tuple[str, ...]:
        return tuple(name for name, before in self.before.items() if environment in before)


def pipeline_of(
    resource: DeploymentPipeline,
    environments: Collection[str],
    *,
    relaxed: frozenset[int] = frozenset(),
) -> Pipeline:
    """The pipeline that a resource describes, `environments` being those of its namespace.

    Raises OpenChoreoError with every problem. Where difference 6 is relaxed they become
    warnings of the pipeline, and the first root of the list counts, as in OpenChoreo.
    """
    before = _before(resource)
    targets = {edge.target for edge in _edges(resource)}
    roots = tuple(name for name in before if name not in targets)
    problems = (
        *_unknown(resource, environments),
        *_repeated(resource),
        *_cycle(resource, before),
        *_other_roots(resource, roots),
    )
    if not roots:
        problems = problems or (_no_root(resource),)
    if problems and not (roots and DIFFERENCE in relaxed):
        raise OpenChoreoError(*problems)
    return Pipeline(resource.namespace, resource.name, roots[0], before, problems)


def outside_all(environment: str, pipelines: Iterable[Pipeline]) -> Problem | None:
    """The problem with an environment that no pipeline contains; None where one does.

    It is none for a stack that only undeploys what it recorded.
    """
    known = tuple(pipelines)
    if not known or any(environment in pipeline for pipeline in known):
        return None
    environments = dict.fromkeys(name for one in known for name in one.environments)
    names = ", ".join(dict.fromkeys(str(one) for one in known))
    message = f"is not in {names}, with the environments {', '.join(environments)}"
    hint = "add it to spec.promotionPaths of a pipeline, or name another openchoreo:environment"
    return Problem(Stage.PIPELINE, f"Environment {environment}", (), message, hint)


@dataclass(frozen=True, slots=True)
class _Edge:
    source: str
    target: str
    path: Path


def _edges(resource: DeploymentPipeline) -> Iterator[_Edge]:
    for index, way in enumerate(resource.spec.promotion_paths):
        for position, target in enumerate(way.target_environment_refs):
            path = ("spec", "promotionPaths", index, "targetEnvironmentRefs", position, "name")
            yield _Edge(way.source_environment_ref.name, target.name, path)


def _before(resource: DeploymentPipeline) -> dict[str, tuple[str, ...]]:
    before: dict[str, tuple[str, ...]] = {}
    for way in resource.spec.promotion_paths:
        source = way.source_environment_ref.name
        before.setdefault(source, ())
        for target in way.target_environment_refs:
            known = before.get(target.name, ())
            before[target.name] = known if source in known else (*known, source)
    return before


def _unknown(resource: DeploymentPipeline, environments: Collection[str]) -> Iterator[Problem]:
    named: list[tuple[str, Path]] = []
    for index, way in enumerate(resource.spec.promotion_paths):
        path = ("spec", "promotionPaths", index, "sourceEnvironmentRef", "name")
        named.append((way.source_environment_ref.name, path))
    named.extend((edge.target, edge.path) for edge in _edges(resource))
    for name, path in named:
        if name not in environments:
            message = f"there is no Environment {name} in the namespace {resource.namespace}"
            yield _problem(resource, message, path, nearest(name, environments))


def _repeated(resource: DeploymentPipeline) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for edge in _edges(resource):
        if (edge.source, edge.target) in seen:
            message = f"the way from {edge.source} to {edge.target} is listed twice"
            yield _problem(resource, message, edge.path, "remove one of the two")
        seen.add((edge.source, edge.target))


def _cycle(
    resource: DeploymentPipeline, before: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """What is left when environments without upstreams are taken away again and again."""
    left = dict(before)
    while True:
        free = [name for name, sources in left.items() if not set(sources) & left.keys()]
        if not free:
            break
        left = {name: sources for name, sources in left.items() if name not in free}
    if left:
        ring = _ring(left)
        message = f"its promotion paths run in a circle: {' -> '.join(ring)}"
        hint = f"remove the way from {ring[-2]} to {ring[-1]}"
        yield _problem(resource, message, ("spec", "promotionPaths"), hint)


def _ring(left: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """One circle, in the direction of promotion; every environment left has a source left."""
    walked = [next(iter(left))]
    while True:
        source = next(name for name in left[walked[-1]] if name in left)
        if source in walked:
            ring = [source, *reversed(walked[walked.index(source) :])]
            return tuple(ring)
        walked.append(source)


def _other_roots(resource: DeploymentPipeline, roots: tuple[str, ...]) -> Iterator[Problem]:
    if len(roots) > 1:
        message = f"it begins with several environments: {', '.join(roots)}"
        hint = "a pipeline needs one first environment; give each of the others a pipeline"
        yield _problem(resource, message, ("spec", "promotionPaths"), hint)


def _no_root(resource: DeploymentPipeline) -> Problem:
    message = "it has no promotion paths, so no first environment is known"
    hint = (
        "a single environment is written as"
        " {sourceEnvironmentRef: {name: development}, targetEnvironmentRefs: []}"
    )
    return _problem(resource, message, ("spec", "promotionPaths"), hint)


def _problem(resource: DeploymentPipeline, message: str, path: Path, hint: str) -> Problem:
    return Problem(Stage.PIPELINE, str(resource), path, message, hint)
