"""Exact texts of what is refused: unknown keys, wrong types, and rules of the API."""

from __future__ import annotations

import textwrap

import pytest

COMPONENT = """
kind: Component
spec:
  owner: {projectName: shop}
  componentType: {kind: ClusterComponentType, name: deployment/service}
"""
WORKLOAD = """
kind: Workload
spec:
  owner: {projectName: shop, componentName: cart}
  container: {image: "cart:1"}
"""
TYPE = """
kind: ComponentType
spec:
  workloadType: deployment
  resources:
    - id: deployment
      template: {apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}
"""

CASES = {
    "unknown key with a near one": (
        COMPONENT + "  paramters: {}",
        """\
        Component ns/sample: spec.paramters
          unknown key
          did you mean parameters?""",
    ),
    "unknown key without a near one": (
        "kind: DeploymentPipeline\nspec: {promotionPaths: [], xyz: 1}",
        """\
        DeploymentPipeline ns/sample: spec.xyz
          unknown key
          known: promotionPaths""",
    ),
    "unknown key inside a list and a map": (
        WORKLOAD + "  endpoints: {http: {type: HTTP, port: 80, visibilty: [project]}}",
        """\
        Workload ns/sample: spec.endpoints.http.visibilty
          unknown key
          did you mean visibility?""",
    ),
    "snake case is no way to write a key": (
        COMPONENT + "  auto_deploy: true",
        """\
        Component ns/sample: spec.auto_deploy
          unknown key
          did you mean autoDeploy?""",
    ),
    "missing key": (
        "kind: Component\nspec: {owner: {projectName: shop}}",
        """\
        Component ns/sample: spec.componentType
          is required, but missing""",
    ),
    "missing spec": (
        "kind: Component",
        """\
        Component ns/sample: spec
          is required, but missing""",
    ),
    "several at once, in order": (
        "kind: Workload\nspec: {owner: {projectName: shop}, container: {image: ''}, x: 1}",
        """\
        3 problems

        Workload ns/sample: spec.container.image
          must not be empty

        Workload ns/sample: spec.owner.componentName
          is required, but missing

        Workload ns/sample: spec.x
          unknown key
          known: container, dependencies, endpoints, owner""",
    ),
    "number where text is due": (
        WORKLOAD.replace('"cart:1"', '"cart:1", env: [{key: PORT, value: 8080}]'),
        """\
        Workload ns/sample: spec.container.env[0].value
          must be a string, not the number 8080
          quote it: "8080\"""",
    ),
    "boolean where text is due": (
        WORKLOAD.replace('"cart:1"', '"cart:1", env: [{key: DEBUG, value: yes}]'),
        """\
        Workload ns/sample: spec.container.env[0].value
          must be a string, not the boolean true
          YAML reads y, yes, on, n, no, off as booleans too; quote the value""",
    ),
    "text where a number is due": (
        WORKLOAD + "  endpoints: {http: {type: HTTP, port: '80'}}",
        """\
        Workload ns/sample: spec.endpoints.http.port
          must be an integer, not the string "80"
          remove the quotes""",
    ),
    "fraction where an integer is due": (
        WORKLOAD + "  endpoints: {http: {type: HTTP, port: 80.5}}",
        """\
        Workload ns/sample: spec.endpoints.http.port
          must be an integer, not the number 80.5""",
    ),
    "text where a boolean is due": (
        COMPONENT + "  autoDeploy: 'true'",
        """\
        Component ns/sample: spec.autoDeploy
          must be true or false, not the string "true\"""",
    ),
    "list where a mapping is due": (
        WORKLOAD + "  endpoints: []",
        """\
        Workload ns/sample: spec.endpoints
          must be a mapping, not a list""",
    ),
    "nothing where a list is due": (
        COMPONENT + "  traits:",
        """\
        Component ns/sample: spec.traits
          must be a list, not null
          remove the key, or give it a value""",
    ),
    "text where a mapping of free form is due": (
        TYPE + "    - {id: extra, template: nothing}",
        """\
        ComponentType ns/sample: spec.resources[1].template
          must be a mapping, not the string "nothing\"""",
    ),
    "port out of range": (
        WORKLOAD + "  endpoints: {http: {type: HTTP, port: 0, targetPort: 65536}}",
        """\
        2 problems

        Workload ns/sample: spec.endpoints.http.port
          must be at least 1, not 0

        Workload ns/sample: spec.endpoints.http.targetPort
          must be at most 65535, not 65536""",
    ),
    "word of an enumeration": (
        WORKLOAD + "  endpoints: {http: {type: http, port: 80, visibility: [external, world]}}",
        """\
        2 problems

        Workload ns/sample: spec.endpoints.http.type
          must be one of HTTP, gRPC, GraphQL, Websocket, TCP, UDP, not the string "http"

        Workload ns/sample: spec.endpoints.http.visibility[1]
          must be one of project, namespace, internal, external, not the string "world\"""",
    ),
    "word of an enumeration, nearly": (
        (
            "kind: ReleaseBinding\nspec: {owner: {projectName: p, componentName: c}, environment: e,"
            " state: Undeployed}"
        ),
        """\
        ReleaseBinding ns/sample: spec.state
          must be one of Active, Undeploy, not the string "Undeployed"
          did you mean Undeploy?""",
    ),
    "only word of an enumeration": (
        (
            "kind: Project\nspec: {deploymentPipelineRef: {kind: Pipeline, name: p},"
            " type: {name: default}}"
        ),
        """\
        Project ns/sample: spec.deploymentPipelineRef.kind
          must be DeploymentPipeline, not the string "Pipeline\"""",
    ),
    "reference to a type without its workload type": (
        COMPONENT.replace("deployment/service", "service"),
        """\
        Component ns/sample: spec.componentType.name
          must be <workloadType>/<name>, the workload type one of deployment, statefulset,\
 cronjob, job, proxy; not "service\"""",
    ),
    "text around an expression": (
        TYPE.replace("id: deployment", "id: deployment\n      includeWhen: if ${true}"),
        """\
        ComponentType ns/sample: spec.resources[0].includeWhen
          must be one expression from ${ to }, with nothing before or after it;\
 not "if ${true}\"""",
    ),
    "name of a loop variable": (
        TYPE.replace("id: deployment", "id: deployment\n      forEach: ${[1]}\n      var: a-b"),
        """\
        ComponentType ns/sample: spec.resources[0].var
          must be a variable name: letters, digits and _, not beginning with a digit; not "a-b\"""",
    ),
    "name of the resource": (
        "kind: Project\nmetadata: {name: My Shop}\nspec: {deploymentPipelineRef: p}",
        """\
        Project My Shop: metadata.name
          must consist of lower-case letters, digits, - and ., and begin and end with a letter\
 or digit; not "My Shop\"""",
    ),
    "label that is a number": (
        "kind: Environment\nmetadata: {name: dev, labels: {tier: 1}}",
        """\
        Environment dev: metadata.labels.tier
          must be a string, not the number 1
          quote it: "1\"""",
    ),
    "reference that is too long": (
        f"kind: Project\nspec: {{deploymentPipelineRef: {{name: {'p' * 64}}}}}",
        """\
        Project ns/sample: spec.deploymentPipelineRef.name
          must have at most 63 characters, has 64""",
    ),
    "empty list": (
        "kind: ComponentType\nspec: {workloadType: proxy, resources: []}",
        """\
        ComponentType ns/sample: spec.resources
          must not be empty""",
    ),
    "forEach without var": (
        TYPE.replace("id: deployment", "id: deployment\n      forEach: ${[1]}"),
        """\
        ComponentType ns/sample: spec.resources[0].forEach
          forEach needs var, the name an item has in the expressions
          add for example var: item""",
    ),
    "both lists of rules": (
        TYPE
        + "  validations: [{rule: '${true}', message: m}]\n"
        + "  preRenderValidations: [{rule: '${true}', message: m}]",
        """\
        ComponentType ns/sample: spec.validations
          validations is the old name of preRenderValidations; only one can be given
          move the rules of validations into preRenderValidations""",
    ),
    "no resource with the id of the workload": (
        TYPE.replace("id: deployment", "id: main"),
        """\
        ComponentType ns/sample: spec.resources
          no resource has the id deployment, which workloadType: deployment asks for
          give the template of the workload id: deployment""",
    ),
    "value and valueFrom": (
        WORKLOAD.replace(
            '"cart:1"',
            '"cart:1", env: [{key: A, value: "", valueFrom: {secretKeyRef: {name: s, key: k}}}]',
        ),
        """\
        Workload ns/sample: spec.container.env[0].valueFrom
          A has both value and valueFrom; give one of them""",
    ),
    "visibility twice": (
        WORKLOAD + "  endpoints: {http: {type: HTTP, port: 80, visibility: [external, external]}}",
        """\
        Workload ns/sample: spec.endpoints.http.visibility[1]
          external is listed twice""",
    ),
    "empty binding of a resource": (
        WORKLOAD + "  dependencies: {resources: [{ref: db, envBindings: {host: ''}}]}",
        """\
        Workload ns/sample: spec.dependencies.resources[0].envBindings.host
          neither the output nor what it is bound to may be empty""",
    ),
    "resource twice": (
        WORKLOAD + "  dependencies: {resources: [{ref: db}, {ref: db}]}",
        """\
        Workload ns/sample: spec.dependencies.resources[1].ref
          db is listed twice""",
    ),
    "dependency on a visibility that dependencies cannot have": (
        WORKLOAD
        + "  dependencies: {endpoints: [{component: c, name: http, visibility: external,"
        + " envBindings: {}}]}",
        """\
        Workload ns/sample: spec.dependencies.endpoints[0].visibility
          must be one of project, namespace, not the string "external\"""",
    ),
    "cluster type with a trait of a namespace": (
        TYPE.replace("kind: ComponentType", "kind: ClusterComponentType")
        + "  traits: [{kind: Trait, name: t, instanceName: t}]",
        """\
        ClusterComponentType sample: spec.traits[0].kind
          a ClusterComponentType can only name a ClusterTrait, says the Trait t
          write kind: ClusterTrait""",
    ),
    "cluster type that leaves the kind of a trait open": (
        TYPE.replace("kind: ComponentType", "kind: ClusterComponentType")
        + "  allowedTraits: [{name: t}]",
        """\
        ClusterComponentType sample: spec.allowedTraits[0].kind
          a ClusterComponentType can only name a ClusterTrait, says no kind for t
          write kind: ClusterTrait""",
    ),
    "cluster data plane without its id": (
        "kind: ClusterDataPlane\nspec: {clusterAgent: {clientCA: {value: ''}}}",
        """\
        ClusterDataPlane sample: spec.planeID
          is required for a ClusterDataPlane, but missing""",
    ),
    "two ids of a project type": (
        "kind: ProjectType\nspec: {resources: [{id: a, template: {}}, {id: a, template: {}}]}",
        """\
        ProjectType ns/sample: spec.resources[1].id
          another resource has the id a""",
    ),
    "output from two sources": (
        (
            "kind: ResourceType\nspec: {resources: [{id: a, template: {}}], outputs: [{name: o,"
            " value: v, secretKeyRef: {name: s, key: k}}]}"
        ),
        """\
        ResourceType ns/sample: spec.outputs[0]
          output o needs exactly one of value, secretKeyRef, configMapKeyRef""",
    ),
    "channel without its configuration": (
        "kind: ObservabilityAlertsNotificationChannel\nspec: {environment: dev, type: webhook}",
        """\
        ObservabilityAlertsNotificationChannel ns/sample: spec.type
          type: webhook needs webhookConfig""",
    ),
    "unknown kind": (
        "kind: Componant",
        """\
        Componant ns/sample: kind
          unknown kind Componant
          did you mean Component?""",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_refusal_says_what_is_wrong_where_and_what_would_be_right(refusal, text, expected):
    assert refusal(text) == textwrap.dedent(expected)
