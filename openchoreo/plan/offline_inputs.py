"""What offline rendering is given, and what it gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from msgspec import Struct, field

from openchoreo.delivery import Pin, Release
from openchoreo.errors import Problem, Stage
from openchoreo.model import BindingValues, ProjectBindingValues, ResourceBindingValues
from openchoreo.plan.scope import Scope
from openchoreo.plan.surroundings import ReadYaml
from openchoreo.rendering import RenderedManifest


class RenderedResource(Struct, frozen=True, kw_only=True):
    """One component, project or Resource in one environment, or the environment itself."""

    chain: Literal["component", "project", "resource", "environment"]
    namespace: str
    project: str
    component: str
    """Empty for what is no component."""
    environment: str
    binding: str
    """The name of its binding, written or implied."""
    release: str
    release_from: Literal["pin", "snapshot"]
    manifests: tuple[RenderedManifest, ...]
    resource: str = ""


class OfflineInputs(Struct, frozen=True, kw_only=True):
    scope: Scope
    bindings: Mapping[str, BindingValues]
    """As stack config has them, by component name."""
    project_bindings: Mapping[str, ProjectBindingValues] = field(
        default_factory=dict[str, ProjectBindingValues]
    )
    resource_bindings: Mapping[str, ResourceBindingValues] = field(
        default_factory=dict[str, ResourceBindingValues]
    )
    pins: bool = True
    """Whether a pin goes before today's snapshot."""
    only: Collection[str] = ()
    """Names of components; all where there are none."""
    relaxed: frozenset[int] = frozenset()
    live: frozenset[str] = frozenset()
    """Data planes that are clusters: what only those know is taken for known."""
    read_yaml: ReadYaml | None = None


def means(pin: Pin, release: Release) -> bool:
    return pin.name in release.names and pin.digest in {"", release.digest}


def not_there(pin: Pin, today: Release, kind: str) -> Problem:
    message = f"{pin.text} is not among the definitions; the snapshot of today is rendered instead"
    hint = f"keep its {kind} there, or pin {today.name}"
    return Problem(Stage.DECIDE, pin.resource, pin.path, message, hint)
