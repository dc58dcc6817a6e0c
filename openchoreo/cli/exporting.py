"""What all stacks run, gathered to be exported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from openchoreo.catalog import Catalog, load, read_yaml
from openchoreo.cli.definition_files import definition_files, definition_path
from openchoreo.cli.stacks import StackOutputs, read_stacks
from openchoreo.config import StackConfig
from openchoreo.delivery import Ledger
from openchoreo.errors import Collector, OpenChoreoError
from openchoreo.plan import (
    ExportedDocument,
    ExportedManifests,
    Scope,
    collisions,
    exported_documents,
    exported_manifests,
    scope_of,
    with_exported,
)
from openchoreo.provider.yaml_text import yaml_text
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import placed_in_stack_file, settings_of

T = TypeVar("T")


class ExportedStack(Struct, frozen=True, dict=True):
    """One environment, as it is recorded and as its definitions are today."""

    stack: str
    config: StackConfig
    scope: Scope
    ledger: Ledger
    documents: tuple[ExportedDocument, ...]
    relaxed: frozenset[int]

    @property
    def environment(self) -> str:
        return self.ledger.environment

    @cached_property
    def rendered(self) -> ExportedManifests:
        return exported_manifests(
            self.scope,
            self.config,
            self.ledger,
            self.documents,
            relaxed=self.relaxed,
            read_yaml=read_yaml,
        )


class Gathered(Struct, frozen=True):
    """`empty` are stacks that have recorded nothing; `project` is the Pulumi project."""

    stacks: tuple[ExportedStack, ...]
    empty: tuple[str, ...]
    project: str


def gather(only: Collection[str] = ()) -> Gathered:
    """Raises OpenChoreoError with everything that stands in the way."""
    found = Collector()
    catalogs: dict[tuple[str, ...], Catalog] = {}
    stacks: list[ExportedStack] = []
    empty: list[str] = []
    read = read_stacks(only)
    for outputs in read:
        if not outputs.pipeline:
            empty.append(outputs.short)
            continue
        one = found.attempt(lambda outputs=outputs: _stack(outputs, catalogs))
        stacks += [one] if one else []
    for one in stacks:
        found.add(*collisions((d for other in stacks for d in other.documents), one.scope.catalog))
    found.raise_if_any()
    project = read[0].name.split("/")[-2] if read and "/" in read[0].name else ""
    return Gathered(tuple(stacks), tuple(empty), project)


def document_files(stacks: Collection[ExportedStack]) -> dict[str, str]:
    """Releases and bindings; what several environments share is one file."""
    return {
        f"{definition_path(one.scope.catalog, each.resource)}.yaml": yaml_text(each.document)
        for one in stacks
        for each in one.documents
    }


def whole_repository(stacks: Collection[ExportedStack]) -> dict[str, str]:
    """The definitions with these documents among them."""
    files: dict[str, str] = {}
    documents = [document for one in stacks for document in one.documents]
    for one in stacks:
        catalog = with_exported(one.scope.catalog, documents)
        files |= {path: yaml_text(document) for path, document in definition_files(catalog)}
    return {**files, **document_files(stacks)}


def left_out(stacks: Collection[ExportedStack]) -> Mapping[str, int]:
    """Documents of the definitions that are no part of what is read, by kind."""
    return {kind: count for one in stacks for kind, count in one.scope.catalog.skipped.items()}


def _stack(outputs: StackOutputs, catalogs: dict[tuple[str, ...], Catalog]) -> ExportedStack:
    ledger, store = outputs.loaded()
    relaxed = read_policy().differences
    config = _of_stack(outputs, lambda: settings_of(outputs.short))
    if config.definitions not in catalogs:
        catalogs[config.definitions] = load(
            [Path(one) for one in config.definitions], relaxed=relaxed
        )
    scope = _of_stack(outputs, lambda: scope_of(catalogs[config.definitions], config))
    documents = _of_stack(outputs, lambda: exported_documents(scope, config, ledger, store))
    return ExportedStack(outputs.short, config, scope, ledger, documents, relaxed)


def _of_stack(outputs: StackOutputs, action: Callable[[], T]) -> T:
    """Problems of stack config are told with the line in the stack's file."""
    try:
        return action()
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_stack_file(error.problems, outputs.short)) from None
