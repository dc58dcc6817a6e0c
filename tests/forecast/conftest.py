"""Two components that were deployed to development, and one of them to staging."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from openchoreo.delivery import COMPONENTS
from openchoreo.forecast import Forecast, Wanted, predict
from tests.forecast.exports import export_of
from tests.plan.definitions import component, component_type, data_plane, platform, project
from tests.plan.world import World


class Deployed(World):
    """A world that keeps the state of its stacks as Pulumi exports it."""

    def __init__(self, root) -> None:
        super().__init__(root)
        self.exports: dict[str, dict[str, Any]] = {}

    def run(self, stack: str = "development", **config) -> None:
        plan = self.deploy(stack, **config)
        self.exports[stack] = export_of(self, plan)

    def forecast(
        self, stack: str = "development", *, wanted: Iterable[Wanted] = (), **config
    ) -> Forecast:
        inputs = self.inputs(stack, **config)
        return predict(inputs, self.exports.get(stack, {}), wanted)

    def pin(self, name: str, source: str = "development") -> Wanted:
        key = f"default/{name}"
        return Wanted(words=COMPONENTS, name=name, key=key, pin=self.current(key, source))


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
