"""Endpoint dependencies of the samples, resolved from manifests of ours."""

from __future__ import annotations

import pytest

from openchoreo.rendering import connection_targets, render_component, resolve_connection
from openchoreo.rendering.connections import endpoint_dependencies
from tests.differential.cases import Case, cases, samples

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")

CONSUMERS = [case for case in cases() if case.expected.get("resolvedConnections")]


def provider(case: Case, component: str) -> Case:
    place = f"{case.expected['namespace']}.{component}.{case.expected['environment']}.json"
    return Case(case.tree, case.file.parent / place)


@pytest.mark.parametrize("case", CONSUMERS, ids=str)
def test_a_connection_has_the_address_of_the_provider(case):
    expected, workload = case.expected, case.release["workload"]
    targets = connection_targets(expected["namespace"], expected["project"], workload)
    found = []
    for target, dependency in zip(targets, endpoint_dependencies(workload), strict=True):
        held = provider(case, target.component)
        endpoints = render_component(held.render_input()).endpoints if held.release else None
        connection = resolve_connection(target, dependency, endpoints)
        if connection.url:
            found.append(
                {
                    "namespace": target.namespace,
                    "project": target.project,
                    "component": target.component,
                    "endpoint": target.endpoint,
                    "visibility": target.visibility,
                    "url": connection.url.document(),
                }
            )
    assert found == expected["resolvedConnections"]
