"""What several resources have to agree on."""

from __future__ import annotations

import textwrap

import pytest

from openchoreo.catalog import load
from openchoreo.delivery import pipeline_of
from openchoreo.errors import OpenChoreoError, describe

HEADER = "apiVersion: openchoreo.dev/v1alpha1\n"
PLATFORM = {
    "service": """
    kind: ClusterComponentType
    metadata: {name: service}
    spec:
      workloadType: deployment
      traits: [{name: logs, instanceName: logs}]
      allowedTraits: [{kind: ClusterTrait, name: backup}]
      resources:
        - id: deployment
          template: {apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}
    """,
    "logs": "kind: ClusterTrait\nmetadata: {name: logs}",
    "backup": "kind: ClusterTrait\nmetadata: {name: backup}",
    "project": "kind: Project\nmetadata: {name: shop}\n"
    "spec: {deploymentPipelineRef: p, type: {name: t}}",
    "pipeline": """
    kind: DeploymentPipeline
    metadata: {name: p}
    spec:
      promotionPaths:
        - sourceEnvironmentRef: {name: dev}
          targetEnvironmentRefs: [{name: prod}]
    """,
    "dev": "kind: Environment\nmetadata: {name: dev}",
    "prod": "kind: Environment\nmetadata: {name: prod}",
    "workload": """
    kind: Workload
    metadata: {name: cart}
    spec:
      owner: {projectName: shop, componentName: cart}
      container: {image: i}
    """,
    "component": """
    kind: Component
    metadata: {name: cart}
    spec:
      owner: {projectName: shop}
      componentType: {kind: ClusterComponentType, name: deployment/service}
      traits: [{kind: ClusterTrait, name: backup, instanceName: backup}]
    """,
}

CASES = {
    "nothing": ({}, ""),
    "no such type": (
        {"component": PLATFORM["component"].replace("deployment/service", "deployment/servce")},
        """
        Component default/cart: spec.componentType.name
          there is no ClusterComponentType servce
          did you mean service?
          component.yaml:6
        """,
    ),
    "type of the other kind": (
        {"component": PLATFORM["component"].replace("kind: ClusterComponentType, ", "")},
        """
        Component default/cart: spec.componentType.name
          there is no ComponentType service in namespace default
          there is a ClusterComponentType of this name: write kind: ClusterComponentType
          component.yaml:6
        """,
    ),
    "another workload type": (
        {"component": PLATFORM["component"].replace("deployment/service", "job/service")},
        """
        Component default/cart: spec.componentType.name
          ClusterComponentType service is of workload type deployment, not job
          write deployment/service
          component.yaml:6
        """,
    ),
    "no workload": (
        {"workload": ""},
        """
        Component default/cart
          has no Workload
          write a Workload with owner: {projectName: shop, componentName: cart} in namespace default
          component.yaml:1
        """,
    ),
    "two workloads": (
        {"another": PLATFORM["workload"].replace("name: cart", "name: cart-2", 1)},
        """
        Component default/cart
          has 2 Workloads: cart, cart-2
          a component has exactly one; remove the others
          component.yaml:1
        """,
    ),
    "trait that is not allowed": (
        {"component": PLATFORM["component"].replace("name: backup, ", "name: logs, ")},
        """
        Component default/cart: spec.traits[0].name
          ClusterComponentType service does not allow the ClusterTrait logs
          it allows ClusterTrait backup
          component.yaml:7
        """,
    ),
    "type that allows no traits": (
        {"service": PLATFORM["service"].replace("[{kind: ClusterTrait, name: backup}]", "[]")},
        """
        Component default/cart: spec.traits[0].name
          ClusterComponentType service does not allow the ClusterTrait backup
          it allows no traits
          component.yaml:7
        """,
    ),
    "trait that is not there": (
        {"backup": ""},
        """
        Component default/cart: spec.traits[0].name
          there is no ClusterTrait backup
          known: logs
          component.yaml:7
        """,
    ),
    "embedded trait that is not there": (
        {"logs": "", "backup": "kind: ClusterTrait\nmetadata: {name: backup}"},
        """
        ClusterComponentType service: spec.traits[0].name
          there is no ClusterTrait logs
          known: backup
          service.yaml:6
        """,
    ),
    "instance name of an embedded trait": (
        {"component": PLATFORM["component"].replace("instanceName: backup", "instanceName: logs")},
        """
        Component default/cart: spec.traits[0].instanceName
          ClusterComponentType service has a trait with the instance name logs as well
          instance names are unique in a component; choose another
          component.yaml:7
        """,
    ),
    "instance name twice": (
        {
            "component": PLATFORM["component"].replace(
                "[{kind: ClusterTrait, name: backup, instanceName: backup}]",
                "[{kind: ClusterTrait, name: backup, instanceName: a},"
                " {kind: ClusterTrait, name: backup, instanceName: a}]",
            )
        },
        """
        Component default/cart: spec.traits[1].instanceName
          the component has a trait with the instance name a as well
          instance names are unique in a component; choose another
          component.yaml:7
        """,
    ),
    "no such project": (
        {"project": ""},
        """
        Component default/cart: spec.owner.projectName
          there is no Project shop in namespace default
          there is no Project at all
          component.yaml:5
        """,
    ),
    "no such pipeline": (
        {"pipeline": PLATFORM["pipeline"].replace("name: p", "name: pp", 1)},
        """
        Project default/shop: spec.deploymentPipelineRef.name
          there is no DeploymentPipeline p in namespace default
          did you mean pp?
          project.yaml:4
        """,
    ),
}


@pytest.fixture
def catalog(write):
    def of(**changed: str):
        files = {name: text for name, text in {**PLATFORM, **changed}.items() if text}
        return load([write(**files)])

    return of


@pytest.mark.parametrize(("changed", "expected"), CASES.values(), ids=CASES.keys())
def test_what_keeps_a_component_from_being_released(catalog, changed, expected):
    found = catalog(**changed)
    [component] = found.components
    problems = found.component_problems(component)
    assert describe(problems) == textwrap.dedent(expected).strip("\n")
    assert {problem.stage for problem in problems} <= {"component"}


def test_environments_of_a_pipeline_have_to_exist(catalog):
    found = catalog(dev="kind: Environment\nmetadata: {name: devel}")
    [pipeline] = found.pipelines
    with pytest.raises(OpenChoreoError) as refusal:
        pipeline_of(pipeline, found.names("Environment", "default"))
    assert describe(found.placed(refusal.value.problems)) == textwrap.dedent("""\
        DeploymentPipeline default/p: spec.promotionPaths[0].sourceEnvironmentRef.name
          there is no Environment dev in the namespace default
          did you mean devel?
          pipeline.yaml:6""")


def test_an_environment_has_one_binding_of_a_component(catalog):
    binding = """
    kind: ReleaseBinding
    metadata: {{name: {name}}}
    spec:
      owner: {{projectName: shop, componentName: cart}}
      environment: prod
    """
    found = catalog(one=binding.format(name="one"), two=binding.format(name="two"))
    [component] = found.components
    assert describe(found.binding_problems(component)) == textwrap.dedent("""\
        ReleaseBinding default/two: spec.environment
          ReleaseBinding default/one binds cart in prod as well
          keep one of them
          two.yaml:6""")
