"""What the API fills in, and how a spec is written back."""

from __future__ import annotations

import pytest
import yaml

from openchoreo.model import KINDS, Project, parse, read

CASES = {
    "project": (
        "kind: Project\nspec: {deploymentPipelineRef: {name: p}, type: {name: t}}",
        """
        deploymentPipelineRef: {kind: DeploymentPipeline, name: p}
        type: {kind: ProjectType, name: t}
        """,
    ),
    "project with the bare name of its pipeline, and without a type": (
        "kind: Project\nspec: {deploymentPipelineRef: p}",
        """
        deploymentPipelineRef: {kind: DeploymentPipeline, name: p}
        type: {kind: ClusterProjectType, name: default}
        """,
    ),
    "component": (
        """
        kind: Component
        spec:
          owner: {projectName: shop}
          componentType: {name: job/once}
          traits: [{name: t, instanceName: i, parameters: {}}]
          workflow: {name: build}
          parameters: {empty: {}, none: null, list: []}
        """,
        """
        owner: {projectName: shop}
        componentType: {kind: ComponentType, name: job/once}
        autoDeploy: false
        traits: [{kind: Trait, name: t, instanceName: i, parameters: {}}]
        workflow: {kind: ClusterWorkflow, name: build}
        parameters: {empty: {}, none: null, list: []}
        """,
    ),
    "component type": (
        """
        kind: ComponentType
        spec:
          workloadType: deployment
          allowedTraits: [{name: t}]
          allowedWorkflows: [{name: w}]
          traits: [{name: e, instanceName: e}]
          validations: []
          parameters: {openAPIV3Schema: {type: object}}
          postRenderValidations:
            - target: {group: "", version: v1, kind: Service}
              rule: ${true}
              message: m
          resources: [{id: deployment, template: {a: [], b: {}}}]
        """,
        """
        workloadType: deployment
        allowedTraits: [{kind: Trait, name: t}]
        allowedWorkflows: [{kind: ClusterWorkflow, name: w}]
        traits: [{kind: Trait, name: e, instanceName: e}]
        parameters: {openAPIV3Schema: {type: object}}
        postRenderValidations:
          - target: {group: "", version: v1, kind: Service, mustMatch: true}
            targetPlane: dataplane
            rule: ${true}
            message: m
        resources: [{id: deployment, targetPlane: dataplane, template: {a: [], b: {}}}]
        """,
    ),
    "embedded traits of a cluster type are cluster traits": (
        """
        kind: ClusterComponentType
        spec:
          workloadType: proxy
          traits: [{name: e, instanceName: e}]
          resources: [{id: x, template: {}}]
        """,
        """
        workloadType: proxy
        traits: [{kind: ClusterTrait, name: e, instanceName: e}]
        resources: [{id: x, targetPlane: dataplane, template: {}}]
        """,
    ),
    "trait": (
        """
        kind: Trait
        spec:
          creates: [{template: {}}]
          patches:
            - target: {group: apps, version: v1, kind: Deployment}
              operations: [{op: add, path: /a, value: []}, {op: remove, path: /b}]
          removes: [{target: {group: "", version: v1, kind: Service}}]
        """,
        """
        creates: [{targetPlane: dataplane, template: {}}]
        patches:
          - target: {group: apps, version: v1, kind: Deployment}
            targetPlane: dataplane
            operations: [{op: add, path: /a, value: []}, {op: remove, path: /b}]
        removes: [{target: {group: "", version: v1, kind: Service}, targetPlane: dataplane}]
        """,
    ),
    "workload": (
        """
        kind: Workload
        spec:
          owner: {projectName: p, componentName: c}
          container: {image: i, args: [], env: [{key: A, value: ""}, {key: B}]}
          endpoints: {http: {type: HTTP, port: 80, schema: {type: openapi}}}
          dependencies:
            endpoints: [{component: d, name: http, visibility: project, envBindings: {}}]
            resources: [{ref: db, envBindings: {}, fileBindings: {ca: /etc}}]
        """,
        """
        owner: {projectName: p, componentName: c}
        container: {image: i, env: [{key: A, value: ""}, {key: B}]}
        endpoints: {http: {type: HTTP, port: 80, schema: {type: openapi}}}
        dependencies:
          endpoints: [{component: d, name: http, visibility: project, envBindings: {}}]
          resources: [{ref: db, fileBindings: {ca: /etc}}]
        """,
    ),
    "release binding": (
        """
        kind: ReleaseBinding
        spec:
          owner: {projectName: p, componentName: c}
          environment: dev
          componentTypeEnvironmentConfigs: {}
          traitEnvironmentConfigs: {logs: {}}
          workloadOverrides: {container: {env: []}}
        """,
        """
        owner: {projectName: p, componentName: c}
        environment: dev
        state: Active
        componentTypeEnvironmentConfigs: {}
        traitEnvironmentConfigs: {logs: {}}
        workloadOverrides: {container: {}}
        """,
    ),
    "pipeline": (
        """
        kind: DeploymentPipeline
        spec:
          promotionPaths: [{sourceEnvironmentRef: {name: a}, targetEnvironmentRefs: [{name: b}]}]
        """,
        """
        promotionPaths:
          - sourceEnvironmentRef: {kind: Environment, name: a}
            targetEnvironmentRefs: [{kind: Environment, name: b}]
        """,
    ),
    "environment without spec": ("kind: Environment", "isProduction: false"),
    "secret reference": (
        """
        kind: SecretReference
        spec: {template: {}, data: [{secretKey: k, remoteRef: {key: r}}]}
        """,
        """
        template: {type: Opaque}
        data: [{secretKey: k, remoteRef: {key: r}}]
        refreshInterval: 1h
        """,
    ),
    "resource type": (
        """
        kind: ClusterResourceType
        spec:
          resources: [{id: a, readyWhen: "${true}", template: {}}]
          outputs: [{name: host, value: ""}]
        """,
        """
        retainPolicy: Delete
        resources: [{id: a, readyWhen: "${true}", template: {}}]
        outputs: [{name: host, value: ""}]
        """,
    ),
    "notification channel": (
        """
        kind: ObservabilityAlertsNotificationChannel
        spec:
          environment: dev
          type: email
          emailConfig:
            from: a@b.example
            to: [c@d.example]
            smtp:
              host: h
              port: 25
              auth: {username: {}, password: {secretKeyRef: {name: s, key: k}}}
              tls: {}
        """,
        """
        environment: dev
        isEnvDefault: false
        type: email
        emailConfig:
          from: a@b.example
          to: [c@d.example]
          smtp:
            host: h
            port: 25
            auth: {username: {}, password: {secretKeyRef: {name: s, key: k}}}
            tls: {insecureSkipVerify: false}
        """,
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_spec_is_written_back_with_the_defaults_of_the_api(resource, text, expected):
    assert resource(text).spec.document() == yaml.safe_load(expected)


@pytest.mark.parametrize("text", [text for text, _ in CASES.values()], ids=CASES.keys())
def test_what_is_written_back_reads_as_the_same_spec(resource, text):
    found = resource(text)
    assert "spec" in KINDS[found.kind].model_fields
    again, notes = read(type(found.spec), found.spec.document())
    assert (again, notes) == (found.spec, ())


def test_free_form_json_is_shared_not_copied(resource):
    found = resource(CASES["component"][0])
    assert found.spec.document()["parameters"] is found.spec.parameters


def test_a_resource_cannot_be_changed(resource):
    found = resource(CASES["project"][0])
    with pytest.raises(ValueError, match="frozen"):
        found.spec.deployment_pipeline_ref.name = "other"


def test_what_only_a_server_writes_is_dropped(resource):
    plain = resource("kind: Environment\nmetadata: {name: dev, namespace: ns, uid: u}")
    exported = resource("""
        kind: Environment
        metadata:
          name: dev
          namespace: ns
          uid: u
          creationTimestamp: null
          generation: 3
          resourceVersion: "7"
          managedFields: [{manager: kubectl}]
          ownerReferences: []
          finalizers: [openchoreo.dev/environment-cleanup]
        status: {conditions: []}
        """)
    assert exported == plain
    assert exported.metadata.uid == "u"


def test_a_project_without_a_type_is_noted():
    parsed = parse(
        {
            "apiVersion": "openchoreo.dev/v1alpha1",
            "kind": "Project",
            "metadata": {"name": "shop", "namespace": "ns"},
            "spec": {"deploymentPipelineRef": "p"},
        }
    )
    assert isinstance(parsed.resource, Project)
    assert [str(note) for note in parsed.notes] == [
        (
            "Project ns/shop: spec.type\n"
            "  has no type; ClusterProjectType default is taken\n"
            "  add type: {kind: ClusterProjectType, name: default}"
        )
    ]
