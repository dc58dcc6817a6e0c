"""Renders one component for one environment, in the order of OpenChoreo's pipeline."""

from __future__ import annotations

from typing import cast

from openchoreo.document import Document, Object
from openchoreo.errors import Collector, OpenChoreoError
from openchoreo.rendering import compiled
from openchoreo.rendering.context import shared_context, trait_context, type_context
from openchoreo.rendering.endpoints import Gateways, resolve_endpoints
from openchoreo.rendering.finish import (
    completed,
    duplicates,
    labelled,
    manifests_of,
    plain,
    with_resource_hash,
)
from openchoreo.rendering.input_checks import InputChecks
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.instances import TraitInstance, trait_instances, traits_of
from openchoreo.rendering.manifests import Item
from openchoreo.rendering.network_policy import network_policy
from openchoreo.rendering.parts import CompiledTrait
from openchoreo.rendering.rendered import DATA_PLANE, Endpoint, Rendered, RenderedManifest
from openchoreo.rendering.resources import rendered_templates
from openchoreo.rendering.rules import PostRenderRules, check_after, check_before
from openchoreo.rendering.scope import Context, Scope, new_room, too_deep
from openchoreo.rendering.shapes import mapping
from openchoreo.rendering.strictness import (
    DUPLICATE_MANIFESTS,
    REPEATED_KEYS,
    UNKNOWN_TRAIT_CONFIGS,
    Strictness,
)
from openchoreo.rendering.subjects import Subjects
from openchoreo.rendering.traits import with_trait
from openchoreo.rendering.values import Place, Values
from openchoreo.rendering.workload import with_overrides
from openchoreo.template import Omit


def render_component(given: RenderInput) -> Rendered:
    """Raises OpenChoreoError with all problems of the step that failed."""
    try:
        component = _Component(given)
        component.check_input()
        shared = component.shared_context()
        return component.finished(component.templates(shared), shared)
    except RecursionError:
        raise OpenChoreoError(too_deep(Subjects.of(given).component)) from None


class _Component:
    """One rendering: the release taken apart, and what was noticed on the way."""

    def __init__(self, given: RenderInput) -> None:
        self._given = given
        self._strictness = Strictness(given.relaxed)
        self._room = new_room()
        self._subjects = Subjects.of(given)
        self._during = self._subjects.during
        spec = mapping(mapping(given.release, "componentType"), "spec")
        self._type = compiled.component_type(spec, given.relaxed)
        self._traits = traits_of(given)
        self._instances = trait_instances(given, self._type, self._traits, self._subjects)
        self._workload = with_overrides(
            mapping(given.release, "workload"), given.workload_overrides
        )

    def check_input(self) -> None:
        """Raises OpenChoreoError for what is wrong before anything is evaluated."""
        checks = InputChecks(self._given, self._instances, self._subjects)
        found = Collector()
        found.add(*checks.missing_secrets())
        found.raise_if_any()
        self._strictness.add(REPEATED_KEYS, *checks.repeated_keys())
        self._strictness.add(UNKNOWN_TRAIT_CONFIGS, *checks.unknown_trait_configs())
        found.add(*self._strictness.problems, *checks.missing_traits())
        found.raise_if_any()

    def shared_context(self) -> Context:
        users = (self._type, *self._traits.values())
        wanted = any(one.uses_endpoint_resources for one in users)
        return shared_context(self._given, self._workload, with_routes=wanted)

    def templates(self, shared: Context) -> list[Item]:
        """The manifests of the type and of all its traits, after every rule has been kept."""
        scope = self._type_scope(shared)
        check_before(self._type.rules.before, scope)
        made = rendered_templates(self._type.resources, scope)
        checks = [PostRenderRules(self._type.rules.after, scope)]
        for instance in self._instances:
            trait = instance.trait
            assert trait is not None  # missing traits were refused before
            trait_scope = self._trait_scope(instance, trait, shared, scope)
            check_before(trait.rules.before, trait_scope)
            made = with_trait(made, trait, trait_scope)
            checks.append(PostRenderRules(trait.rules.after, trait_scope))
        check_after(checks, made)
        return made

    def finished(self, made: list[Item], shared: Context) -> Rendered:
        given, during = self._given, self._during
        metadata = cast("Object", shared["metadata"])
        own = plain(labelled(made, mapping(metadata, "labels"), during), during)
        hashed = with_resource_hash(own, self._type.workload_type, during)
        ordered = completed(hashed, during)
        policy = Item(
            network_policy(
                component=given.component,
                metadata=metadata,
                endpoints=mapping(self._workload, "endpoints"),
                annotations=given.data_plane.metadata.annotations,
            ),
            DATA_PLANE,
            self._subjects.component,
            (),
        )
        self._strictness.add(DUPLICATE_MANIFESTS, *duplicates([*ordered, policy], during))
        self._strictness.raise_if_any()
        manifests = manifests_of([*ordered, *plain([policy], during)])
        return Rendered(
            manifests=manifests,
            endpoints=self._endpoints(manifests),
            metadata=metadata,
            warnings=self._strictness.warnings,
        )

    def _endpoints(self, manifests: tuple[RenderedManifest, ...]) -> tuple[Endpoint, ...]:
        gateways = Gateways.of(self._given.environment_resource, self._given.data_plane)
        return resolve_endpoints(
            [one.manifest for one in manifests if one.target_plane == DATA_PLANE],
            mapping(self._workload, "endpoints"),
            gateways,
        )

    def _type_scope(self, shared: Context) -> Scope:
        """With the component's own values; embedded traits take theirs from these."""
        given, subjects = self._given, self._subjects
        profile = mapping(given.release, "componentProfile")
        values = Values(self._during, self._strictness)
        parameters = values.declared(
            self._type.sections.parameters,
            subjects.type,
            profile.get("parameters") or {},
            Place(subjects.component, ("spec", "parameters")),
        )
        configs = values.declared(
            self._type.sections.environment_configs,
            subjects.type,
            given.component_type_environment_configs,
            Place(subjects.binding, ("spec", "componentTypeEnvironmentConfigs")),
        )
        values.raise_if_any()
        context = type_context(shared, parameters, configs)
        return Scope.of(context, resource=subjects.type, during=self._during, room=self._room)

    def _trait_scope(
        self, instance: TraitInstance, trait: CompiledTrait, shared: Context, scope: Scope
    ) -> Scope:
        """A trait sees its own values and not the component's."""
        parameters, configs = self._supplied(instance, scope)
        values = Values(self._during, self._strictness)
        context = trait_context(
            shared,
            name=instance.name,
            instance_name=instance.instance_name,
            parameters=values.declared(
                trait.sections.parameters,
                instance.label,
                parameters,
                instance.place("parameters"),
            ),
            configs=values.declared(
                trait.sections.environment_configs,
                instance.label,
                configs,
                self._configs_place(instance),
            ),
        )
        values.raise_if_any()
        during = f"{self._during}, trait instance {instance.instance_name}"
        return Scope.of(context, resource=instance.label, during=during, room=self._room)

    def _supplied(
        self, instance: TraitInstance, scope: Scope
    ) -> tuple[Document | Omit, Document | Omit]:
        """Values of an embedded trait are templates over the component's; others are literal."""
        if instance.bindings is None:
            return instance.parameters or {}, instance.environment_configs or {}
        parameters, configs = instance.bindings.parameters, instance.bindings.environment_configs
        return (
            {} if parameters.document is None else scope.render(parameters),
            {} if configs.document is None else scope.render(configs),
        )

    def _configs_place(self, instance: TraitInstance) -> Place:
        if instance.bindings is not None:
            return instance.place("environmentConfigs")
        path = ("spec", "traitEnvironmentConfigs", instance.instance_name)
        return Place(self._subjects.binding, path)
