"""What a command needs of one stack, to plan as the next run of it will.

Pulumi is asked while the definitions are read: it takes longer than they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.catalog import line_of
from openchoreo.cli.asking import Asking
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Words
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError
from openchoreo.forecast import Wanted, with_wanted
from openchoreo.plan import Inputs
from openchoreo.workspace.gathering import Gathered, Sources, gather
from openchoreo.workspace.stack_files import (
    placed_in_stack_file,
    settings_of,
    stacks_of_files,
)

NEW_LINEAGE = "made by the first run"
"""What stands for the lineage of a stack that has none yet."""


class StackRun(Struct, frozen=True):
    """`state` is what `pulumi stack export` prints."""

    stack: str
    full: str
    gathered: Gathered
    state: Mapping[str, Document]

    @property
    def environment(self) -> str:
        return self.gathered.inputs.config.environment

    def inputs_with(self, wanted: Iterable[Wanted]) -> Inputs:
        """What a plan is made from, where stack config says this as well."""
        inputs = self.gathered.inputs
        return replace(inputs, config=with_wanted(inputs.config, wanted))

    def pin_of(self, words: Words, name: str) -> str:
        """What stack config pins of an owner, as config calls it; empty for nothing."""
        config = self.gathered.inputs.config
        component = config.bindings.get(name) if words is COMPONENTS else None
        project = config.project_bindings.get(name) if words is PROJECTS else None
        resource = config.resource_bindings.get(name) if words is RESOURCES else None
        found = (
            component.release_name if component else None,
            project.project_release if project else None,
            resource.resource_release if resource else None,
        )
        return next((pin for pin in found if pin), "")

    def first_for(self, key: str, words: Words) -> bool:
        """Whether releases enter the pipeline of this owner's project here."""
        inputs = self.gathered.inputs
        namespace, _, name = key.partition("/")
        catalog = inputs.scope.catalog
        owner = catalog.get(words.kind, namespace, name)
        project = name if words is PROJECTS else str(getattr(owner, "project", ""))
        found = catalog.project(namespace, project)
        pipeline = inputs.pipelines.of(found) if found else None
        return pipeline is not None and pipeline.root == self.environment


def stack_run(stack: str, asking: Asking, *, root: Path | None = None) -> StackRun:
    """Raises OpenChoreoError with all that is wrong with config, definitions or ledgers."""
    asking.begin()
    asking.begin_export(stack)
    for other in stacks_of_files():
        asking.look(other)
    try:
        settings = settings_of(stack)
        full = _full_name(stack, asking)
        sources = Sources(
            own=full,
            stack_for=lambda environment: f"{full.rpartition('/')[0]}/{environment}",
            read_outputs=cache(asking.outputs),
            read_state=lambda: _state_of(asking.export(stack)),
            warn=lambda _problem: None,
            root=root or Path(),
        )
        gathered = gather(settings, sources, lineage=NEW_LINEAGE, now=datetime.now(UTC))
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_stack_file(error.problems, stack)) from None
    return StackRun(stack, full, gathered, asking.export(stack))


def _full_name(stack: str, asking: Asking) -> str:
    """A stack that does not exist yet will be called as the others are."""
    names = asking.names()
    found = next((name for name in names if name.rpartition("/")[2] == stack), "")
    if found:
        return found
    head = names[0].rpartition("/")[0] if names else f"organization/{_project()}"
    return f"{head}/{stack}"


def _project() -> str:
    file = Path("Pulumi.yaml")
    text = file.read_text("utf-8") if file.is_file() else ""
    line = line_of(text, ("name",))
    return text.splitlines()[line - 1].partition(":")[2].strip() if line else "project"


def _state_of(state: Mapping[str, Document]) -> Mapping[str, Object]:
    """URN -> outputs, as the engine tells a program."""
    deployment = state.get("deployment")
    resources = deployment.get("resources") if isinstance(deployment, dict) else None
    found: dict[str, Object] = {}
    for one in resources if isinstance(resources, list) else []:
        if isinstance(one, dict) and isinstance(one.get("outputs"), dict):
            outputs = one["outputs"]
            assert isinstance(outputs, dict)
            found[str(one["urn"])] = outputs
    return found


def problems_in(error: OpenChoreoError, stack: str) -> OpenChoreoError:
    """With their lines in the file of the stack."""
    return OpenChoreoError(*placed_in_stack_file(error.problems, stack))
