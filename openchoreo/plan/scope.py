"""What a stack is about: its environment, and the components that can run there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from openchoreo.catalog import Catalog
from openchoreo.config import StackConfig, is_in_config
from openchoreo.errors import Collector, OpenChoreoError, Path, Problem, Stage, nearest
from openchoreo.model import Component, DataPlane, Environment, Project, Resource_

V = TypeVar("V")

Key = tuple[str, str]
"""Control-plane namespace and name of a component or project."""


def text(key: Key) -> str:
    return "/".join(key)


class Scope(Struct, frozen=True, dict=True):
    """The part of a catalog that one environment sees."""

    catalog: Catalog
    environment: str
    namespaces: tuple[str, ...]
    projects: tuple[Project, ...]

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """Those of the projects in scope, and those whose project does not exist at all."""
        return tuple(
            component
            for component in self.catalog.components
            if component.namespace in self.namespaces
            and (
                self.covers(component.namespace, component.project)
                or self.catalog.project(component.namespace, component.project) is None
            )
        )

    @cached_property
    def component_keys(self) -> tuple[Key, ...]:
        return tuple((component.namespace, component.name) for component in self.components)

    @cached_property
    def managed(self) -> tuple[Resource_, ...]:
        """The Resources of the projects in scope, and those whose project does not exist."""
        return tuple(
            one
            for one in self.catalog.of_kind("Resource")
            if isinstance(one, Resource_)
            and one.namespace in self.namespaces
            and (
                self.covers(one.namespace, one.project)
                or self.catalog.project(one.namespace, one.project) is None
            )
        )

    def environment_of(self, namespace: str) -> Environment | None:
        return self.catalog.environment(namespace, self.environment)

    def data_plane_of(self, namespace: str) -> DataPlane | None:
        environment = self.environment_of(namespace)
        reference = environment.spec.data_plane_ref if environment else None
        return self.catalog.data_plane(reference, namespace)

    def placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """With file and line in the definitions; those of stack config are placed by its reader."""
        return tuple(
            problem if is_in_config(problem) else self.catalog.placed([problem])[0]
            for problem in problems
        )

    def covers(self, namespace: str, project: str) -> bool:
        return (namespace, project) in self._covered

    @cached_property
    def _covered(self) -> frozenset[Key]:
        return frozenset((project.namespace, project.name) for project in self.projects)


def scope_of(catalog: Catalog, config: StackConfig) -> Scope:
    """Every namespace that has the environment, narrowed as the config says.

    Raises OpenChoreoError where the config names what does not exist, or where no namespace
    has the environment at all.
    """
    found = Collector()
    with_environment = tuple(
        environment.namespace
        for environment in catalog.environments
        if environment.name == config.environment
    )
    if not with_environment:
        found.add(_no_environment(catalog, config.environment))
    found.add(*_unknown("namespaces", config.namespaces, with_environment))
    namespaces = tuple(n for n in with_environment if n in (config.namespaces or with_environment))
    candidates = tuple(p for p in catalog.projects if p.namespace in namespaces)
    known = [name for p in candidates for name in (p.name, f"{p.namespace}/{p.name}")]
    found.add(*_unknown("projects", config.projects, known))
    found.raise_if_any()
    projects = tuple(
        project
        for project in candidates
        if not config.projects
        or project.name in config.projects
        or f"{project.namespace}/{project.name}" in config.projects
    )
    return Scope(catalog, config.environment, namespaces, projects)


def resolve_names(
    written: Mapping[str, Path], known: Iterable[Key], kind: str = "component"
) -> tuple[dict[str, Key], tuple[Problem, ...]]:
    """Names as people write them, `greeter` or `ns/greeter`, to keys.

    `written` says where in stack config each of the names stands. A bare name must be
    unique; nothing must be named twice.
    """
    keys = sorted(set(known))
    resolved: dict[str, Key] = {}
    problems: list[Problem] = []
    for name, path in written.items():
        try:
            resolved[name] = _resolve(name, keys, path, kind)
        except OpenChoreoError as error:
            problems += error.problems
    first: dict[Key, str] = {}
    for name, target in resolved.items():
        if target in first:
            message = f"{first[target]} and {name} are the same {kind}"
            problems.append(_problem(written[name], message, "write it once"))
        first.setdefault(target, name)
    return resolved, tuple(problems)


def by_key(bindings: Mapping[str, V], known: Iterable[Key], key: str, kind: str) -> dict[Key, V]:
    """What stack config says under `key`, by what it is about.

    Raises OpenChoreoError where a name means nothing.
    """
    keys, problems = resolve_names({name: (key, name) for name in bindings}, known, kind)
    if problems:
        raise OpenChoreoError(*problems)
    return {found: bindings[name] for name, found in keys.items()}


def _resolve(name: str, keys: list[Key], path: Path, kind: str) -> Key:
    matches = [key for key in keys if name in (key[1], text(key))]
    if len(matches) == 1:
        return matches[0]
    if matches:
        hint = f"write one of {', '.join(text(key) for key in matches)}"
        raise OpenChoreoError(_problem(path, f"{name} is in several namespaces", hint))
    hint = nearest(name, [k[1] for k in keys] if "/" not in name else [text(k) for k in keys])
    raise OpenChoreoError(_problem(path, f"there is no {kind} {name} here", hint))


def _no_environment(catalog: Catalog, environment: str) -> Problem:
    known = {e.name for e in catalog.environments}
    message = f"there is no Environment {environment} in the definitions"
    hint = nearest(environment, known) or "the definitions have no Environment at all"
    return _problem(("environment",), message, hint)


def _unknown(key: str, names: Iterable[str], known: Iterable[str]) -> list[Problem]:
    options = tuple(known)
    return [
        _problem(
            (key, index), f"there is no {key.removesuffix('s')} {name} here", nearest(name, options)
        )
        for index, name in enumerate(names)
        if name not in options
    ]


def _problem(path: Path, message: str, hint: str) -> Problem:
    first, *rest = path
    return Problem(Stage.CONFIG, "stack config", (f"openchoreo:{first}", *rest), message, hint)
