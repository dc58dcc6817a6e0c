"""What the literal parts of types and traits have to look like."""

from __future__ import annotations

import pytest

from openchoreo.errors import describe
from openchoreo.model import structure_problems

TYPE = """
kind: ComponentType
spec:
  workloadType: deployment
  allowedTraits: {allowed}
  traits: {traits}
  resources:
    - id: deployment
      template: {{apiVersion: apps/v1, kind: {kind}, metadata: {{name: x{namespace}}}}}
    {more}
"""


def component_type(kind="Deployment", namespace="", more="", allowed="[]", traits="[]"):
    return TYPE.format(kind=kind, namespace=namespace, more=more, allowed=allowed, traits=traits)


def trait(text):
    return f"kind: Trait\nspec: {{{text}}}"


CASES = {
    "a sound type": (
        component_type(
            namespace=", namespace: ' ${ metadata.namespace } '",
            more="- {id: s, template: {apiVersion: v1, kind: Service, metadata: {name: '${x}'}}}",
        ),
        "",
    ),
    "an empty template": (
        component_type(more="- {id: s, template: {}}"),
        (
            "3 problems\n\n"
            "ComponentType ns/sample: spec.resources[1].template.apiVersion\n"
            "  is required in a template, but missing\n\n"
            "ComponentType ns/sample: spec.resources[1].template.kind\n"
            "  is required in a template, but missing\n\n"
            "ComponentType ns/sample: spec.resources[1].template.metadata.name\n"
            "  is required in a template, but missing"
        ),
    ),
    "a kind that is an expression": (
        component_type(
            more="- {id: s, template: {apiVersion: v1, kind: '${k}', metadata: {name: x}}}"
        ),
        (
            "ComponentType ns/sample: spec.resources[1].template.kind\n"
            "  must be written literally, without an expression\n"
            "  use includeWhen to choose between templates"
        ),
    ),
    "another namespace": (
        component_type(namespace=", namespace: kube-system"),
        (
            "ComponentType ns/sample: spec.resources[0].template.metadata.namespace\n"
            "  must be the component's own namespace\n"
            "  write ${metadata.namespace}, or leave it out for a cluster-scoped kind"
        ),
    ),
    "no workload": (
        component_type(kind="Service"),
        (
            "ComponentType ns/sample: spec.resources\n"
            "  no template is of the kind deployment, which workloadType: deployment asks for"
        ),
    ),
    "two workloads": (
        component_type(
            more="- {id: d, template: {apiVersion: v1, kind: Deployment, metadata: {name: x}}}"
        ),
        (
            "ComponentType ns/sample: spec.resources[1].template.kind\n"
            "  resources[0] is a deployment already; a type has one workload"
        ),
    ),
    "a workload of another kind": (
        component_type(
            more="- {id: d, template: {apiVersion: batch/v1, kind: Job, metadata: {name: x}}}"
        ),
        (
            "ComponentType ns/sample: spec.resources[1].template.kind\n"
            "  workloadType: deployment allows no template of the kind Job\n"
            "  a type has one workload; put others into types of their own"
        ),
    ),
    "a proxy with a workload": (
        component_type().replace("workloadType: deployment", "workloadType: proxy"),
        (
            "ComponentType ns/sample: spec.resources[0].template.kind\n"
            "  workloadType: proxy allows no template of the kind Deployment\n"
            "  a type has one workload; put others into types of their own"
        ),
    ),
    "an instance name twice": (
        component_type(traits="[{name: a, instanceName: i}, {name: b, instanceName: i}]"),
        (
            "ComponentType ns/sample: spec.traits[1].instanceName\n"
            "  another trait has the instance name i"
        ),
    ),
    "an embedded trait that is allowed too": (
        component_type(
            traits="[{name: a, instanceName: i}]", allowed="[{name: b}, {name: a}, {name: a}]"
        ),
        (
            "3 problems\n\n"
            "ComponentType ns/sample: spec.allowedTraits[2]\n"
            "  Trait a is listed twice\n  remove one of them\n\n"
            "ComponentType ns/sample: spec.allowedTraits[1]\n"
            "  the Trait a comes with the type; it cannot be allowed as well\n"
            "  remove it here or in traits\n\n"
            "ComponentType ns/sample: spec.allowedTraits[2]\n"
            "  the Trait a comes with the type; it cannot be allowed as well\n"
            "  remove it here or in traits"
        ),
    ),
    "a trait that creates a workload": (
        trait("creates: [{template: {apiVersion: v1, kind: Job, metadata: {name: x}}}]"),
        (
            "Trait ns/sample: spec.creates[0].template.kind\n"
            "  a trait cannot create a Job\n"
            "  workloads come from component types; a trait may patch them"
        ),
    ),
    "a trait that removes a workload": (
        trait(
            "removes: [{target: {group: apps, version: v1, kind: Deployment}},"
            " {target: {group: example.com, version: v1, kind: Job}}]"
        ),
        (
            "Trait ns/sample: spec.removes[0].target.kind\n"
            "  a trait cannot remove a Deployment\n"
            "  workloads come from component types; a trait may patch them"
        ),
    ),
    "operations with too much and too little": (
        trait(
            "patches: [{target: {group: apps, version: v1, kind: Deployment}, operations: ["
            "{op: add, path: /a}, {op: remove, path: /b, value: null}, {op: remove, path: ''},"
            "{op: replace, path: /c, value: null}]}]"
        ),
        (
            "3 problems\n\n"
            "Trait ns/sample: spec.patches[0].operations[0].value\n"
            "  is required for op: add, but missing\n\n"
            "Trait ns/sample: spec.patches[0].operations[1].value\n"
            "  op: remove takes no value\n  remove it, or write op: replace\n\n"
            "Trait ns/sample: spec.patches[0].operations[2].path\n"
            "  must not be empty\n  write for example /spec/replicas"
        ),
    ),
    "no type and no trait": ("kind: Environment", ""),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_the_literal_parts_of_types_and_traits_are_checked(resource, text, expected):
    assert describe(structure_problems(resource(text))) == expected
