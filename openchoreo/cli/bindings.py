"""Bindings from a file, in any of the forms in which people have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from openchoreo.catalog import load, read_yaml
from openchoreo.config import PREFIX, parse_bindings
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import (
    BindingValues,
    ProjectBindingValues,
    ProjectReleaseBinding,
    ReleaseBinding,
    Resource,
    ResourceBindingValues,
    ResourceReleaseBinding,
)

V = TypeVar("V")

_OF_PULUMI = frozenset(
    {"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}
)
"""What stands at the top of a Pulumi.<stack>.yaml."""


class ReadBindings(Struct, frozen=True):
    """By name, as stack config has them."""

    components: Mapping[str, BindingValues] = field(default_factory=dict[str, BindingValues])
    projects: Mapping[str, ProjectBindingValues] = field(
        default_factory=dict[str, ProjectBindingValues]
    )
    resources: Mapping[str, ResourceBindingValues] = field(
        default_factory=dict[str, ResourceBindingValues]
    )


def read_bindings(file: Path, environment: str) -> ReadBindings:
    """Bindings of components, projects and Resources.

    The file holds documents of bindings, of which those of the environment count, a
    Pulumi.<stack>.yaml, or what stands there under openchoreo:bindings. Raises
    OpenChoreoError with every problem.
    """
    document = read_yaml(_text(file), str(file))
    if isinstance(document, dict) and isinstance(document.get("kind"), str):
        return _documents(file, environment)
    if isinstance(document, dict) and document.keys() <= _OF_PULUMI:
        found = parse_bindings(_under_config(document), file=str(file))
    else:
        whole: Object = {"bindings": document if document is not None else {}}
        found = parse_bindings(whole, file=str(file))
    return ReadBindings(found.bindings, found.project_bindings, found.resource_bindings)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(file, "is not UTF-8 text") from None


def _unreadable(file: Path, message: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.CONFIG, str(file), (), message))


def _documents(file: Path, environment: str) -> ReadBindings:
    kinds = ("ReleaseBinding", "ProjectReleaseBinding", "ResourceReleaseBinding")
    try:
        return _by_owner(load([file]).of_kind(*kinds), environment)
    except OpenChoreoError as error:
        raise OpenChoreoError(
            *(one.at(one.file or str(file), one.line, one.column) for one in error.problems)
        ) from None


def _by_owner(documents: Iterable[Resource], environment: str) -> ReadBindings:
    components: dict[str, BindingValues] = {}
    projects: dict[str, ProjectBindingValues] = {}
    resources: dict[str, ResourceBindingValues] = {}
    for one in documents:
        if isinstance(one, ReleaseBinding):
            _put(components, one, one.spec.owner.component_name, one.spec, environment)
        elif isinstance(one, ProjectReleaseBinding):
            _put(projects, one, one.spec.owner.project_name, one.spec, environment)
        elif isinstance(one, ResourceReleaseBinding):
            _put(resources, one, one.spec.owner.resource_name, one.spec, environment)
    return ReadBindings(components, projects, resources)


def _put(found: dict[str, V], one: Resource, name: str, spec: V, environment: str) -> None:
    key = f"{one.namespace}/{name}"
    if getattr(spec, "environment", "") != environment:
        return
    if key in found:
        message = f"binds {key} to {environment}, and so does another one"
        problem = Problem(Stage.BINDING, str(one), ("spec",), message, "remove one of the two")
        raise OpenChoreoError(problem)
    found[key] = spec


def _under_config(document: Object) -> Object:
    config = document.get("config")
    given = config if isinstance(config, dict) else {}
    keys = ("bindings", "projectBindings", "resourceBindings")
    return {key: given[f"{PREFIX}{key}"] for key in keys if f"{PREFIX}{key}" in given}
