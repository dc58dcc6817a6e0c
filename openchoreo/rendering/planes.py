"""`dataplane`, `environment` and `gateway`: where something is going to run."""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.model import DataPlane, Environment
from openchoreo.rendering.gateway import gateway_context, merged_gateway
from openchoreo.rendering.kept import Kept


def _plane_variables(environment: Environment, data_plane: DataPlane, channel: str) -> Object:
    gateway = merged_gateway(environment.spec.gateway, data_plane.spec.gateway)
    annotations: Object = {**data_plane.metadata.annotations}
    return {
        "dataplane": _present(
            **_data_plane(data_plane),
            gateway=gateway_context(data_plane.spec.gateway),
            annotations=annotations or None,
        ),
        "environment": _present(gateway=gateway, defaultNotificationChannel=channel or None),
        **_present(gateway=gateway),
    }


plane_variables = Kept(_plane_variables)
"""The variables that the components of an environment see, with its default channel.

`gateway` is one only where there is a gateway: without it, naming it is an error.
"""


def project_plane_variables(environment: Environment, data_plane: DataPlane) -> Object:
    """The same for a project: no annotations, and no empty ingress or egress."""
    gateway = merged_gateway(environment.spec.gateway, data_plane.spec.gateway)
    own = merged_gateway(None, data_plane.spec.gateway)
    return {
        "dataplane": _present(**_data_plane(data_plane), gateway=own),
        "environment": _present(gateway=gateway),
        **_present(gateway=gateway),
    }


def resource_plane_variables(environment: Environment, data_plane: DataPlane) -> Object:
    """The same for a Resource, which always sees `gateway`: an empty one where there is none."""
    return {"gateway": {}, **project_plane_variables(environment, data_plane)}


def _data_plane(data_plane: DataPlane) -> dict[str, str | Object | None]:
    spec = data_plane.spec
    store = spec.secret_store_ref.name if spec.secret_store_ref else ""
    plane = spec.observability_plane_ref
    return {
        "secretStore": store or None,
        "observabilityPlaneRef": plane.document() if plane else None,
    }


def _present(**values: str | Object | None) -> Object:
    return {key: value for key, value in values.items() if value is not None}
