"""Stack config as a promotion, a rollback or an undeployment would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.delivery.snapshot import as_written
from openchoreo.model import Model

_FIELDS = {COMPONENTS: "bindings", PROJECTS: "project_bindings", RESOURCES: "resource_bindings"}
_PINS = {
    COMPONENTS: "release_name",
    PROJECTS: "project_release",
    RESOURCES: "resource_release",
}


class Wanted(Struct, frozen=True, kw_only=True):
    """What stack config is to say of the owner `key`, a namespace/name, under `name`; None leaves
    what it says.

    An empty `pin` or `state` takes it away.
    """

    words: Words
    name: str
    key: str
    pin: str | None = None
    state: str | None = None
    hold: bool | None = None

    @property
    def owner(self) -> str:
        return self.words.removal(self.key)

    def values(self) -> dict[str, str | bool | None]:
        """Field of the binding -> its value, or None for none."""
        found: dict[str, str | bool | None] = {}
        if self.pin is not None:
            found[self.words.pin] = self.pin or None
        if self.state is not None:
            found["state"] = self.state or None
        if self.hold is not None:
            found["hold"] = self.hold or None
        return found


def with_wanted(config: StackConfig, wanted: Iterable[Wanted]) -> StackConfig:
    """The config with all of it."""
    for one in wanted:
        field = _FIELDS[one.words]
        bindings = cast("Mapping[str, Model]", getattr(config, field))
        changed = _changed(config, one, bindings.get(one.name))
        config = config.model_copy(update={field: {**bindings, one.name: changed}})
    return config


def _changed(config: StackConfig, one: Wanted, before: Model | None) -> Model:
    """Read anew, so that what is said counts as said."""
    said: dict[str, Any] = dict(as_written(before)) if before else {}
    for key, value in one.values().items():
        said.pop(key, None)
        if value is not None:
            said[key] = value
    whole = {_key(one.words): {one.name: said}, "environment": config.environment}
    read = StackConfig.model_validate(whole)
    bindings = cast("Mapping[str, Model]", getattr(read, _FIELDS[one.words]))
    return bindings[one.name]


def _key(words: Words) -> str:
    return words.config.removeprefix("openchoreo:")
