"""Releases that are to run in this environment, rendered together.

Addresses of endpoints follow from names, so components may depend on each other in any
direction; those that others depend on are rendered without their own connections first.
What a Resource offers is known before, or only once it has been applied: a component that needs
that is rendered with stand-ins, and again when everything is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from msgspec.structs import replace

from openchoreo.delivery import Binding, Release
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.model import label
from openchoreo.plan.dependencies import (
    PENDING,
    Absence,
    Need,
    Provider,
    Resolved,
    needs_of,
    resolve,
)
from openchoreo.plan.late import STAND_INS, known_part, outputs_with
from openchoreo.plan.offers import Absence as ResourceAbsence
from openchoreo.plan.offers import (
    Offer,
    ResourceNeed,
    late_in,
    problems_with,
    resource_needs,
)
from openchoreo.plan.scope import Key, Scope, text
from openchoreo.plan.surroundings import Surroundings
from openchoreo.rendering import Endpoint, Output, Rendered, RenderInput, render_component
from openchoreo.rendering.connections import (
    Connection,
    connection_targets,
    endpoint_dependencies,
)
from openchoreo.rendering.identity import resource_uid
from openchoreo.rendering.resource_dependencies import ResourceDependency
from openchoreo.rendering.shapes import mapping, texts


def _nowhere(_path: Path) -> Path:
    return ()


class Owner(Protocol):
    """Whose release it is: a Component, or what the ledger knows of one."""

    @property
    def namespace(self) -> str: ...
    @property
    def project(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One release, and what its binding says for this environment."""

    namespace: str
    project: str
    component: str
    subject: str
    """The resource that problems of the workload name: the Workload or the ComponentRelease."""
    binding: str
    """The ReleaseBinding that problems of overrides name, written or implied."""
    component_uid: str
    project_uid: str
    release: Object
    """A ComponentRelease spec without owner."""
    overrides: Object = field(default_factory=dict[str, Document])
    """The override fields of a ReleaseBinding spec."""
    in_config: Callable[[Path], Path] = field(default=_nowhere, compare=False)
    """Where in stack config a path of that spec is said, if it is."""

    @property
    def key(self) -> Key:
        return self.namespace, self.component

    @property
    def workload(self) -> Object:
        return mapping(self.release, "workload")


def running_of(
    scope: Scope, owner: Owner, release: Release, binding: Binding, subject: str
) -> Running:
    """A release of a component, which may no longer be defined, with its binding."""
    catalog, environment = scope.catalog, scope.environment
    written = catalog.bindings_of(owner.namespace, owner.project, owner.name, environment)
    implied = label("ReleaseBinding", owner.namespace, f"{owner.name}-{environment}")
    component = catalog.component(owner.namespace, owner.name)
    project = catalog.project(owner.namespace, owner.project)
    return Running(
        namespace=owner.namespace,
        project=owner.project,
        component=owner.name,
        subject=subject,
        binding=str(written[0]) if written else implied,
        component_uid=resource_uid(
            "Component", owner.namespace, owner.name, component.metadata.uid if component else None
        ),
        project_uid=resource_uid(
            "Project", owner.namespace, owner.project, project.metadata.uid if project else None
        ),
        release=release.spec,
        overrides={
            "componentTypeEnvironmentConfigs": binding.component_type_environment_configs,
            "traitEnvironmentConfigs": cast("Document", binding.trait_environment_configs),
            "workloadOverrides": binding.workload_overrides,
        },
        in_config=binding.in_config,
    )


Outputs = Mapping[Key, Mapping[str, Output]]
"""Resource -> its outputs."""

Complete = Callable[[Outputs], Rendered]
"""What is rendered once all outputs are known. Raises OpenChoreoError as rendering does."""


@dataclass(frozen=True)
class RenderedTogether:
    """By component; a component with problems has no manifests."""

    rendered: Mapping[Key, Rendered]
    found: Mapping[Key, tuple[Problem, ...]]
    warnings: tuple[Problem, ...]
    needs: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict[Key, tuple[Key, ...]])
    """The Resources that a component uses."""
    late: Mapping[Key, Complete] = field(default_factory=dict[Key, Complete])
    """Components of which a part is not known yet."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Causes before what follows from them: a need may be met once its provider is mended."""
        every = [problem for found in self.found.values() for problem in found]
        return tuple(sorted(every, key=lambda problem: problem.stage is Stage.DEPENDENCIES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """What is there for components beside each other.

    `offered` is what components offer that run here and are not rendered, `elsewhere` finds what
    other stacks have deployed. `resources` are those of this run.
    """

    absent: Absence
    no_resource: ResourceAbsence
    offered: Mapping[Key, Provider] = field(default_factory=dict[Key, Provider])
    elsewhere: Callable[[Need], Provider | None] = lambda _need: None
    resources: Mapping[Key, Offer] = field(default_factory=dict[Key, Offer])


def render_together(
    running: Iterable[Running],
    surroundings: Mapping[str, Surroundings],
    providers: Providers,
) -> RenderedTogether:
    """Renders every release, resolving what they need from each other."""
    return _Rendering({one.key: one for one in running}, surroundings, providers).all()


class _Rendering:
    def __init__(
        self,
        running: Mapping[Key, Running],
        surroundings: Mapping[str, Surroundings],
        providers: Providers,
    ) -> None:
        self._providers = providers
        self._running = running
        self._surroundings = surroundings
        self._late: dict[Key, Complete] = {}
        self._used: dict[Key, tuple[Key, ...]] = {}
        self._alone: dict[Key, Rendered | OpenChoreoError] = {}
        self._results: dict[Key, Rendered | OpenChoreoError] = {}
        self._open: set[Key] = set()
        self._warnings: list[Problem] = []

    def all(self) -> RenderedTogether:
        rendered: dict[Key, Rendered] = {}
        found: dict[Key, tuple[Problem, ...]] = {}
        for key, one in self._running.items():
            result = self._result(one)
            if isinstance(result, OpenChoreoError):
                found[key] = result.problems
            else:
                rendered[key] = result
                self._warnings += result.warnings
        return RenderedTogether(
            rendered, found, tuple(self._warnings), dict(self._used), dict(self._late)
        )

    def _result(self, one: Running) -> Rendered | OpenChoreoError:
        if one.key not in self._results:
            self._open.add(one.key)
            try:
                self._results[one.key] = self._final(one)
            except OpenChoreoError as error:
                self._results[one.key] = error
            self._open.remove(one.key)
        return self._results[one.key]

    def _final(self, one: Running) -> Rendered:
        needs = _needs(one)
        resources = resource_needs(one.subject, one.namespace, one.project, one.workload)
        if not needs and not resources:
            return self._raised(self._rendered_alone(one))
        absent = self._providers.absent
        resolved = [resolve(need, self._provider(need), absent) for need in needs]
        problems = self._strict(one, resolved)
        met = [need for need in resources if self._is_met(need, problems)]
        if problems:
            raise OpenChoreoError(*problems)
        connections = tuple(each.connection for each in resolved)
        if not met:
            return self._render(one, connections)
        self._used[one.key] = tuple(need.resource for need in met)
        return self._with_resources(one, connections, met)

    def _is_met(self, need: ResourceNeed, problems: list[Problem]) -> bool:
        offer = self._providers.resources.get(need.resource)
        wrong = problems_with(need, offer, self._providers.no_resource)
        if PENDING in self._surroundings[need.resource[0]].relaxed:
            self._warnings += wrong
        else:
            problems += wrong
        return not wrong

    def _with_resources(
        self, one: Running, connections: tuple[Connection, ...], needs: list[ResourceNeed]
    ) -> Rendered:
        offers = {need.resource: self._providers.resources[need.resource] for need in needs}

        def complete(outputs: Outputs) -> Rendered:
            found = {
                key: {**offer.outputs, **outputs.get(key, {})} for key, offer in offers.items()
            }
            met = tuple(need.met(found[need.resource]) for need in needs)
            return self._render(one, connections, met)

        if not any(late_in(need, offers[need.resource]) for need in needs):
            return complete({})
        first, second = (
            complete({key: outputs_with(offer, text) for key, offer in offers.items()})
            for text in STAND_INS
        )
        manifests = known_part(first.manifests, second.manifests)
        if manifests is None:
            raise OpenChoreoError(_names_not_known(one))
        self._late[one.key] = complete
        return replace(first, manifests=manifests)

    def _strict(self, one: Running, resolved: list[Resolved]) -> list[Problem]:
        """What is refused; the rest is relaxed and becomes a warning."""
        relaxed = self._surroundings[one.namespace].relaxed
        problems: list[Problem] = []
        for each in resolved:
            if each.problem is not None:
                (self._warnings if each.difference in relaxed else problems).append(each.problem)
        return problems

    def _provider(self, need: Need) -> Provider | None:
        target = need.target
        key = (target.namespace, target.component)
        provider = self._running.get(key)
        offered = self._providers.offered.get(key)
        found = offered if provider is None else self._rendered_provider(provider)
        if found and found.project == target.project:
            return found
        return self._providers.elsewhere(need)

    def _rendered_provider(self, provider: Running) -> Provider:
        rendered = self._offering(provider)
        broken = isinstance(rendered, OpenChoreoError)
        endpoints = () if isinstance(rendered, OpenChoreoError) else rendered.endpoints
        return provider_of(provider.project, provider.workload, endpoints, broken=broken)

    def _offering(self, one: Running) -> Rendered | OpenChoreoError:
        """The provider without its own connections, or with them where its templates need them.

        Where components need each other in a circle, one of them must do without.
        """
        alone = self._rendered_alone(one)
        if isinstance(alone, OpenChoreoError) and one.key not in self._open:
            return self._result(one)
        return alone

    def _rendered_alone(self, one: Running) -> Rendered | OpenChoreoError:
        """With every connection still pending; what a component offers does not depend on them."""
        if one.key not in self._alone:
            pending = tuple(
                Connection(need.target, pending="not looked at yet") for need in _needs(one)
            )
            try:
                self._alone[one.key] = self._render(one, pending)
            except OpenChoreoError as error:
                self._alone[one.key] = error
        return self._alone[one.key]

    def _raised(self, rendered: Rendered | OpenChoreoError) -> Rendered:
        if isinstance(rendered, OpenChoreoError):
            raise rendered
        return rendered

    def _render(
        self,
        one: Running,
        connections: tuple[Connection, ...],
        resources: tuple[ResourceDependency, ...] = (),
    ) -> Rendered:
        try:
            return self._rendered(one, connections, resources)
        except OpenChoreoError as error:
            raise OpenChoreoError(*(_as_written(one, each) for each in error.problems)) from None

    def _rendered(
        self,
        one: Running,
        connections: tuple[Connection, ...],
        resources: tuple[ResourceDependency, ...],
    ) -> Rendered:
        around = self._surroundings[one.namespace]
        overrides = one.overrides
        return render_component(
            RenderInput(
                namespace=one.namespace,
                project=one.project,
                component=one.component,
                environment=around.environment.name,
                component_uid=one.component_uid,
                project_uid=one.project_uid,
                environment_uid=around.environment_uid,
                data_plane_uid=around.data_plane_uid,
                release=one.release,
                environment_resource=around.environment,
                data_plane=around.data_plane,
                component_type_environment_configs=mapping(
                    overrides, "componentTypeEnvironmentConfigs"
                ),
                trait_environment_configs=cast(
                    "dict[str, Object]", mapping(overrides, "traitEnvironmentConfigs")
                ),
                workload_overrides=mapping(overrides, "workloadOverrides"),
                secret_references=around.secret_references,
                connections=connections,
                resource_dependencies=resources,
                default_notification_channel=around.default_notification_channel,
                relaxed=around.relaxed,
                read_yaml=around.read_yaml,
                workload_subject=one.subject,
                binding_subject=one.binding,
            )
        )


def _as_written(one: Running, problem: Problem) -> Problem:
    """A problem of an override at the place that says it, which may be stack config."""
    if problem.resource != one.binding or problem.path[:1] != ("spec",):
        return problem
    path = one.in_config(problem.path[1:])
    return replace(problem, resource=f"Component {text(one.key)}", path=path) if path else problem


def _names_not_known(one: Running) -> Problem:
    message = (
        "which objects it has, or what they are called, depends on an output of a Resource that is "
        "known only once the Resource has been applied"
    )
    hint = "let the templates make names and conditions from what is known before"
    return Problem(Stage.DEPENDENCIES, one.subject, ("spec", "dependencies"), message, hint)


def provider_of(
    project: str, workload: Object, endpoints: tuple[Endpoint, ...], *, broken: bool = False
) -> Provider:
    """What a component offers with this workload, whose endpoints have these addresses."""
    declared = cast("dict[str, Object]", mapping(workload, "endpoints"))
    visibilities = {name: tuple(texts(one, "visibility")) for name, one in declared.items()}
    return Provider(project, endpoints, visibilities, broken)


def _needs(one: Running) -> tuple[Need, ...]:
    targets = connection_targets(one.namespace, one.project, one.workload)
    pairs = zip(targets, endpoint_dependencies(one.workload), strict=True)
    return needs_of(one.subject, one.project, pairs)
