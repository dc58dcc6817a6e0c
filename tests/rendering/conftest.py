"""A component as small as can be, of which a test changes what it is about."""

from __future__ import annotations

import pytest

from openchoreo.model import DataPlane, Environment
from openchoreo.rendering import RenderInput, render_component


def deployment(**spec):
    return {
        "id": "deployment",
        "template": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "${metadata.name}", "namespace": "${metadata.namespace}"},
            "spec": spec,
        },
    }


def config_map(name, **data):
    return {
        "id": name,
        "template": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name},
            "data": data,
        },
    }


def schema(**properties):
    return {"openAPIV3Schema": {"type": "object", "properties": properties}}


ENVIRONMENT = Environment.model_validate(
    {"kind": "Environment", "metadata": {"name": "dev", "namespace": "default"}}
)
PLANE = DataPlane.model_validate(
    {
        "kind": "ClusterDataPlane",
        "metadata": {"name": "default"},
        "spec": {"planeID": "default", "clusterAgent": {"clientCA": {"value": ""}}},
    }
)


class Component:
    """What tests call `app`: renders a component with a type, and traits by name."""

    deployment = staticmethod(deployment)
    config_map = staticmethod(config_map)
    schema = staticmethod(schema)

    def given(
        self,
        resources=(),
        *,
        type_=None,
        traits=None,
        instances=(),
        parameters=None,
        workload=None,
        **more,
    ) -> RenderInput:
        """`traits`: name -> spec; `instances`: names, or entries of a component's traits."""
        spec = {"workloadType": "deployment", "resources": [*resources], **(type_ or {})}
        named = [
            {"name": one, "instanceName": one} if isinstance(one, str) else one for one in instances
        ]
        release = {
            "componentType": {
                "kind": "ClusterComponentType",
                "name": "deployment/app",
                "spec": spec,
            },
            "traits": [
                {"kind": "Trait", "name": name, "spec": trait}
                for name, trait in (traits or {}).items()
            ],
            "componentProfile": {
                "parameters": parameters,
                "traits": [{"kind": "Trait", **one} for one in named],
            },
            "workload": workload or {"container": {"image": "app:1"}},
        }
        return RenderInput(
            **{
                "namespace": "default",
                "project": "shop",
                "component": "app",
                "environment": "dev",
                "component_uid": "c-1",
                "project_uid": "p-1",
                "environment_uid": "e-1",
                "data_plane_uid": "d-1",
                "release": release,
                "environment_resource": ENVIRONMENT,
                "data_plane": PLANE,
                **more,
            }
        )

    def rendered(self, *args, **kwargs):
        return render_component(self.given(*args, **kwargs))

    def manifests(self, *args, **kwargs) -> list[dict]:
        """Without the network policy, and without labels."""
        found = [one.manifest for one in self.rendered(*args, **kwargs).manifests]
        return [self.plain(manifest) for manifest in found if manifest["kind"] != "NetworkPolicy"]

    @staticmethod
    def plain(manifest):
        metadata = {k: v for k, v in manifest["metadata"].items() if k != "labels"}
        return {**manifest, "metadata": metadata}


@pytest.fixture
def app() -> Component:
    return Component()
