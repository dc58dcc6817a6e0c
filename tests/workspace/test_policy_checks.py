"""What policy.yaml names has to be there."""

import pytest

from openchoreo import policy
from openchoreo.errors import OpenChoreoError
from openchoreo.workspace.policy_checks import check_allowed_credentials
from tests.plan.definitions import component, component_type, data_plane, platform, project
from tests.plan.world import World


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    world.define(data_plane(), component_type(), *platform(), project("shop"))
    world.define(*component("greeter"))
    return world.catalog()


def check(catalog, kind, name):
    entry = {"kind": kind, "name": name, "path": "workload.container.env.X", "reason": "none"}
    check_allowed_credentials(policy.parse({"credentials": {"allowed": [entry]}}), catalog)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Component", "default/greeter"),
        ("Project", "default/shop"),
        ("ClusterComponentType", "service"),
    ],
)
def test_what_is_there(catalog, kind, name):
    check(catalog, kind, name)


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [
        ("Component", "default/greter", "did you mean default/greeter?"),
        ("Component", "greeter", "did you mean default/greeter?"),
        ("ComponentType", "default/service", ""),
        ("ClusterComponentType", "default/service", "did you mean service?"),
    ],
)
def test_what_is_not_there(catalog, kind, name, hint):
    with pytest.raises(OpenChoreoError) as raised:
        check(catalog, kind, name)
    lines = [
        "policy.yaml: credentials.allowed[0].name",
        f"  there is no {kind} {name} in the definitions",
        *([f"  {hint}"] if hint else []),
        "  policy.yaml",
    ]
    assert str(raised.value) == "\n".join(lines)
