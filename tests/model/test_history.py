"""Resources of older generations of the API, and what their authors are told."""

from __future__ import annotations

import pytest

CASES = {
    "shorthand schema": (
        (
            "kind: ComponentType\nspec: {workloadType: proxy, resources: [{id: a, template: {}}],"
            " schema: {parameters: {replicas: integer}}}"
        ),
        (
            "ComponentType ns/sample: spec.schema\n  unknown key\n  since schemas are OpenAPI v3,"
            " write parameters.openAPIV3Schema and environmentConfigs.openAPIV3Schema"
            " (envOverrides became environmentConfigs)"
        ),
    ),
    "shorthand schema of the next generation": (
        "kind: Trait\nspec: {parameters: {ocSchema: {replicas: integer}}}",
        (
            "Trait ns/sample: spec.parameters.ocSchema\n  unknown key\n  since the shorthand schema"
            " is gone, write openAPIV3Schema with type and properties"
        ),
    ),
    "type as text": (
        "kind: Component\nspec: {owner: {projectName: p}, componentType: deployment/service}",
        (
            "Component ns/sample: spec.componentType\n  must be a mapping, not the string"
            ' "deployment/service"\n  componentType is a mapping now: {kind: ComponentType or'
            " ClusterComponentType, name: deployment/service}"
        ),
    ),
    "environments as text": (
        (
            "kind: DeploymentPipeline\nspec: {promotionPaths: [{sourceEnvironmentRef: dev,"
            " targetEnvironmentRefs: [{name: prod, requiresApproval: true}]}]}"
        ),
        (
            "2 problems\n\n"
            "DeploymentPipeline ns/sample: spec.promotionPaths[0].sourceEnvironmentRef\n"
            '  must be a mapping, not the string "dev"\n'
            "  a reference is a mapping now: {kind: Environment, name: dev}\n\n"
            "DeploymentPipeline ns/sample:"
            " spec.promotionPaths[0].targetEnvironmentRefs[0].requiresApproval\n  unknown key\n"
            "  approvals are rules of the platform team's policy, not of the pipeline"
        ),
    ),
    "names of workflows": (
        (
            "kind: ComponentType\nspec: {workloadType: proxy, resources: [{id: a, template: {}}],"
            " allowedWorkflows: [docker]}"
        ),
        (
            "ComponentType ns/sample: spec.allowedWorkflows[0]\n  must be a mapping, not the string"
            ' "docker"\n  a reference is a mapping now: {kind: ClusterWorkflow or Workflow,'
            " name: docker}"
        ),
    ),
    "type of an endpoint": (
        (
            "kind: Workload\nspec: {owner: {projectName: p, componentName: c}, container: {image: i},"
            " endpoints: {api: {type: REST, port: 80}}}"
        ),
        (
            "Workload ns/sample: spec.endpoints.api.type\n  must be one of HTTP, gRPC, GraphQL,"
            ' Websocket, TCP, UDP, not the string "REST"\n  REST is called HTTP now'
        ),
    ),
    "order of environments": (
        "kind: DeploymentPipeline\nspec: {environmentOrder: [dev, prod]}",
        (
            "DeploymentPipeline ns/sample: spec.environmentOrder\n  unknown key\n"
            "  write promotionPaths, each with sourceEnvironmentRef and targetEnvironmentRefs"
        ),
    ),
    "several containers": (
        (
            "kind: Workload\nspec: {owner: {projectName: p, componentName: c},"
            " containers: {main: {image: i}}, container: {image: i}}"
        ),
        (
            "Workload ns/sample: spec.containers\n  unknown key\n"
            "  a workload has one container now: container: {image: ...}"
        ),
    ),
    "overrides by their old names": (
        (
            "kind: ReleaseBinding\nspec: {owner: {projectName: p, componentName: c}, environment: e,"
            " componentTypeEnvOverrides: {}, traitOverrides: {}}"
        ),
        (
            "2 problems\n\n"
            "ReleaseBinding ns/sample: spec.componentTypeEnvOverrides\n  unknown key\n"
            "  it is called componentTypeEnvironmentConfigs now\n\n"
            "ReleaseBinding ns/sample: spec.traitOverrides\n  unknown key\n"
            "  it is called traitEnvironmentConfigs now"
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_an_older_generation_is_refused_with_what_changed(refusal, text, expected):
    assert refusal(text) == expected
