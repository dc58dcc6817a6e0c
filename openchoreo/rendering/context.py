"""The variables of a component's templates, and of its traits' templates.

Plain maps in which every number is a double, as numbers of JSON are to CEL.
"""

from __future__ import annotations

from openchoreo.document import Object
from openchoreo.rendering.api_routes import endpoint_resources
from openchoreo.rendering.configurations import configurations_context
from openchoreo.rendering.dependencies import dependencies_context
from openchoreo.rendering.derived import derived_context
from openchoreo.rendering.inputs import RenderInput
from openchoreo.rendering.metadata import component_metadata
from openchoreo.rendering.planes import plane_variables
from openchoreo.rendering.scope import Context
from openchoreo.rendering.workload import workload_context


def shared_context(given: RenderInput, workload: Object, *, with_routes: bool) -> Context:
    """What the type and all traits of a component see alike."""
    configurations = configurations_context(workload, given.secret_references)
    dependencies = dependencies_context(given.connections, given.resource_dependencies)
    shown = workload_context(workload)
    routes = endpoint_resources(workload, given.read_yaml) if with_routes else {}
    prefix = f"{given.component}-{given.environment}"
    return {
        "metadata": component_metadata(given),
        **plane_variables(
            given.environment_resource, given.data_plane, given.default_notification_channel
        ),
        "workload": shown,
        "configurations": configurations,
        "dependencies": dependencies,
        "derived": derived_context(prefix, configurations, shown, dependencies, routes),
    }


def type_context(shared: Context, parameters: Object, environment_configs: Object) -> Context:
    return {**shared, "parameters": parameters, "environmentConfigs": environment_configs}


def trait_context(
    shared: Context, *, name: str, instance_name: str, parameters: Object, configs: Object
) -> Context:
    """A trait has values of its own, and does not see the component's."""
    named = {"name": name, "instanceName": instance_name}
    return {**type_context(shared, parameters, configs), "trait": named}
