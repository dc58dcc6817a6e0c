"""Two components that were deployed to development, and one of them to staging."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from openchoreo.forecast import Forecast
from tests.forecast.exports import Deployed
from tests.plan.definitions import component, component_type, data_plane, platform, project


@pytest.fixture
def shop(tmp_path) -> Deployed:
    world = Deployed(tmp_path)
    world.define(data_plane(), component_type(), *platform(), project("shop"))
    world.define(*component("web"), *component("api"))
    return world


@pytest.fixture
def told() -> Callable[[Forecast], list[str]]:
    """Every field that changes, with its cause; objects that come or go with theirs."""

    def lines(forecast: Forecast) -> list[str]:
        found: list[str] = []
        for one in forecast.changes:
            where = f"{one.op.value} {one.owner} {one.kind}"
            found += [f"{where} {field.shown}: {field.cause}" for field in one.fields] or [
                f"{where}: {one.cause}"
            ]
        return found

    return lines
