"""Renders one component for one environment, in the order of OpenChoreo's pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from openchoreo.document import Object
from openchoreo.errors import Collector, Problem, Stage, nearest
from openchoreo.model import label
from openchoreo.rendering import compiled
from openchoreo.rendering.configurations import missing_secrets
from openchoreo.rendering.context import shared_context, trait_context, type_context
from openchoreo.rendering.endpoints import Gateways, resolve_endpoints
from openchoreo.rendering.finish import (
    completed,
    duplicates,
    labelled,
    manifests_of,
    with_resource_hash,
)
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.instances import TraitInstance, trait_instances, type_label
from openchoreo.rendering.manifests import Item
from openchoreo.rendering.metadata import component_metadata
from openchoreo.rendering.network_policy import network_policy
from openchoreo.rendering.rendered import DATA_PLANE, Endpoint, Rendered, RenderedManifest
from openchoreo.rendering.resources import rendered_templates
from openchoreo.rendering.rules import PostRenderRules, check_after, check_before
from openchoreo.rendering.scope import Context, Scope
from openchoreo.rendering.shapes import items, mapping
from openchoreo.rendering.strictness import (
    DUPLICATE_MANIFESTS,
    REPEATED_KEYS,
    UNKNOWN_TRAIT_CONFIGS,
    Strictness,
)
from openchoreo.rendering.traits import with_trait
from openchoreo.rendering.values import Place, Section, Values
from openchoreo.rendering.workload import repeated_keys, with_overrides


def render_component(given: RenderInput) -> Rendered:
    """Raises OpenChoreoError with all problems of the step that failed."""
    component = _Component(given)
    component.check_input()
    return component.finished(component.templates(component.shared_context()))


class _Component:
    """One rendering: the release taken apart, and what was noticed on the way."""

    def __init__(self, given: RenderInput) -> None:
        self._given = given
        self._strictness = Strictness(given.relaxed)
        self._during = (
            f"while rendering Component {given.namespace}/{given.component} for {given.environment}"
        )
        self._spec = mapping(mapping(given.release, "componentType"), "spec")
        self._type = compiled.component_type(self._spec, given.relaxed)
        self._instances = trait_instances(given, self._type)
        self._workload = with_overrides(
            mapping(given.release, "workload"), given.workload_overrides
        )
        self._binding = given.binding_subject or label(
            "ReleaseBinding", given.namespace, f"{given.component}-{given.environment}"
        )

    def check_input(self) -> None:
        """Raises OpenChoreoError for what is wrong before anything is evaluated."""
        found = Collector()
        found.add(*self._missing_secrets())
        found.raise_if_any()
        self._strictness.add(REPEATED_KEYS, *self._repeated_keys())
        self._strictness.add(UNKNOWN_TRAIT_CONFIGS, *self._unknown_trait_configs())
        found.add(*self._strictness.problems, *self._missing_traits())
        found.raise_if_any()

    def shared_context(self) -> Context:
        traits = (
            compiled.trait(mapping(one, "spec"), self._given.relaxed)
            for one in items(self._given.release, "traits")
        )
        wanted = self._type.uses_endpoint_resources or any(
            t.uses_endpoint_resources for t in traits
        )
        return shared_context(self._given, self._workload, with_routes=wanted)

    def templates(self, shared: Context) -> list[Item]:
        """The manifests of the type and of all its traits, after every rule has been kept."""
        scope = self._type_scope(shared)
        check_before(self._type.rules.before, scope)
        made = rendered_templates(self._type.resources, scope)
        checks = [PostRenderRules(self._type.rules.after, scope)]
        for instance in self._instances:
            trait = compiled.trait(instance.spec or {}, self._given.relaxed)
            trait_scope = self._trait_scope(instance, shared, scope)
            check_before(trait.rules.before, trait_scope)
            made = with_trait(made, trait, trait_scope)
            checks.append(PostRenderRules(trait.rules.after, trait_scope))
        check_after(checks, made)
        return made

    def finished(self, made: list[Item]) -> Rendered:
        given, during = self._given, self._during
        metadata = component_metadata(given)
        labelled_items = labelled(made, mapping(metadata, "labels"), during)
        hashed = with_resource_hash(labelled_items, self._type.workload_type, during)
        ordered = completed(hashed, during)
        policy = Item(
            network_policy(
                component=given.component,
                metadata=metadata,
                endpoints=mapping(self._workload, "endpoints"),
                annotations=given.data_plane.metadata.annotations,
            ),
            DATA_PLANE,
            label("Component", given.namespace, given.component),
            (),
        )
        self._strictness.add(DUPLICATE_MANIFESTS, *duplicates([*ordered, policy], during))
        self._strictness.raise_if_any()
        manifests = manifests_of([*ordered, policy], during)
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
        given, type_ = self._given, type_label(self._given)
        profile = mapping(given.release, "componentProfile")
        values = Values(self._during, self._strictness)
        component = label("Component", given.namespace, given.component)
        parameters = values.declared(
            Section(self._spec, "parameters", type_),
            mapping(profile, "parameters"),
            Place(component, ("spec", "parameters")),
        )
        configs = values.declared(
            Section(self._spec, "environmentConfigs", type_),
            given.component_type_environment_configs,
            Place(self._binding, ("spec", "componentTypeEnvironmentConfigs")),
        )
        values.raise_if_any()
        context = type_context(shared, parameters, configs)
        return Scope.of(context, resource=type_, during=self._during)

    def _trait_scope(self, instance: TraitInstance, shared: Context, scope: Scope) -> Scope:
        """A trait sees its own values and not the component's."""
        parameters, configs = self._supplied(instance, scope)
        values = Values(self._during, self._strictness)
        spec = instance.spec or {}
        context = trait_context(
            shared,
            name=instance.name,
            instance_name=instance.instance_name,
            parameters=values.declared(
                Section(spec, "parameters", instance.label),
                parameters,
                instance.place("parameters"),
            ),
            configs=values.declared(
                Section(spec, "environmentConfigs", instance.label),
                configs,
                self._configs_place(instance),
            ),
        )
        values.raise_if_any()
        during = f"{self._during}, trait instance {instance.instance_name}"
        return Scope.of(context, resource=instance.label, during=during)

    def _supplied(self, instance: TraitInstance, scope: Scope) -> tuple[Object, Object]:
        """Values of an embedded trait are templates over the component's; others are literal."""
        if instance.bindings is None:
            return instance.parameters, instance.environment_configs
        parameters = scope.render(instance.bindings.parameters)
        configs = scope.render(instance.bindings.environment_configs)
        return cast("Object", parameters or {}), cast("Object", configs or {})

    def _configs_place(self, instance: TraitInstance) -> Place:
        if instance.bindings is not None:
            return instance.place("environmentConfigs")
        path = ("spec", "traitEnvironmentConfigs", instance.instance_name)
        return Place(self._binding, path)

    def _missing_secrets(self) -> Iterator[Problem]:
        given = self._given
        subject = given.workload_subject or label("Workload", given.namespace, given.component)
        for missing in missing_secrets(self._workload, given.secret_references):
            path = ("spec", "container", missing.field, missing.index, "valueFrom", "secretKeyRef")
            reference = given.secret_references.get(missing.reference)
            if reference is None:
                message = f"there is no SecretReference {missing.reference} in {given.namespace}"
                hint = nearest(missing.reference, given.secret_references)
            else:
                message = f"SecretReference {missing.reference} has no key {missing.key}"
                hint = nearest(missing.key, (entry.secret_key for entry in reference.spec.data))
            yield Problem(Stage.SECRETS, subject, path, f"{self._during}\n{message}", hint)

    def _repeated_keys(self) -> Iterator[Problem]:
        given = self._given
        subject = given.workload_subject or label("Workload", given.namespace, given.component)
        for field, index, key in repeated_keys(self._workload):
            message = f"{self._during}\n{key} is there twice"
            path = ("spec", "container", field, index, "key")
            yield Problem(Stage.RENDER, subject, path, message, "write it once")

    def _unknown_trait_configs(self) -> Iterator[Problem]:
        known = [one.instance_name for one in self._instances if one.bindings is None]
        embedded = [one.instance_name for one in self._instances if one.bindings is not None]
        for name in self._given.trait_environment_configs:
            if name in known:
                continue
            if name in embedded:
                message = (
                    f"the trait instance {name} belongs to the type, which gives it its values"
                )
                hint = "use componentTypeEnvironmentConfigs"
            else:
                message = f"the component has no trait instance {name}"
                hint = nearest(name, known)
            path = ("spec", "traitEnvironmentConfigs", name)
            yield Problem(Stage.RENDER, self._binding, path, f"{self._during}\n{message}", hint)

    def _missing_traits(self) -> Iterator[Problem]:
        for instance in self._instances:
            if instance.spec is None:
                message = (
                    f"{self._during}\nthe release does not hold {instance.kind} {instance.name}"
                )
                yield Problem(Stage.RENDER, instance.owner, instance.path, message)
