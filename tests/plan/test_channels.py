"""Channels for alerts are objects of their environment, and one of them is its default."""

import pytest

from tests.plan.definitions import component, project, resource
from tests.plan.world import objects

KIND = "ObservabilityAlertsNotificationChannel"


def channel(name, environment="development", **more):
    config = {"url": "https://example.test"}
    spec = {"environment": environment, "type": "webhook", "webhookConfig": config, **more}
    return resource(KIND, name, spec)


@pytest.fixture
def shop(world):
    world.define(*component("api"), channel("mine"), channel("theirs", "staging"))
    return world


def channels(plan) -> list[str]:
    return [one.name for one in plan.objects]


def test_those_of_the_environment_go_to_the_plane_beside(shop):
    plan = shop.plan()
    assert channels(plan) == ["default-observability/default/mine"]
    assert [plane.name for plane in plan.planes] == ["default", "default-observability"]
    assert objects(plan)[0] == "ConfigMap default-observability/default/mine"


def test_a_narrowed_stack_has_none(shop):
    shop.define(project("bank"))
    assert channels(shop.plan(projects=["shop"])) == []
    wanted = shop.plan(projects=["shop"], notificationChannels=True)
    assert channels(wanted) == ["default-observability/default/mine"]
    assert channels(shop.plan(notificationChannels=False)) == []


def test_one_that_is_alone_is_the_default(shop):
    catalog = shop.catalog()
    assert catalog.default_notification_channel("default", "development") == "mine"
    shop.define(channel("another"))
    assert shop.catalog().default_notification_channel("default", "development") == ""
    shop.define(channel("another", isEnvDefault=True))
    assert shop.catalog().default_notification_channel("default", "development") == "another"
