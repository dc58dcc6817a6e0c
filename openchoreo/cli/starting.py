"""What `openchoreo init` writes into a directory, and what it leaves as it is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from openchoreo import policy
from openchoreo.catalog import Catalog, survey
from openchoreo.cli import starter_texts as texts
from openchoreo.config import file_of
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.plan import read_pipelines
from openchoreo.provider import launcher
from openchoreo.workspace.discovery import find_definitions
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.stack_files import placed_settings_of, stacks_of_files

DATA_PLANES = "data-planes.yaml"
EXAMPLE = "definitions"
EXAMPLE_ENVIRONMENTS = ("development", "staging", "production")

_OTHER_FILES = re.compile(
    r"(\..*|Pulumi\.(.*\.)?ya?ml|__main__\.py|requirements\.txt|policy\.yaml|plugins|venv"
    r"|__pycache__|README.*|LICENSE.*|CODEOWNERS)"
)
"""What may lie in a directory that has nothing of anybody's own yet."""


class Action(StrEnum):
    WRITE = "write"
    EXTEND = "extend"
    LEAVE = "leave"


class Step(Struct, frozen=True, kw_only=True):
    """One file; `text` is what goes into it, or at its end. `note` is why it is left."""

    path: str
    action: Action = Action.WRITE
    text: str = ""
    executable: bool = False
    note: str = ""

    @property
    def defines(self) -> bool:
        """Whether it is one of the definitions."""
        return self.path == DATA_PLANES or self.path.startswith(f"{EXAMPLE}/")


class Wishes(Struct, frozen=True, kw_only=True):
    name: str = ""
    definitions: tuple[str, ...] = ()
    example: bool = False


class Start(Struct, frozen=True, kw_only=True):
    steps: tuple[Step, ...]
    definitions: tuple[str, ...]
    environments: tuple[str, ...]
    """In the order of the pipelines."""
    virtualenv: str

    @property
    def new(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action is not Action.LEAVE)


def planned_start(root: Path, wishes: Wishes) -> Start:
    """Raises OpenChoreoError where it is not known for which environments files are to be."""
    definitions = _definitions(root, wishes)
    steps: list[Step] = []
    if definitions:
        found = survey([root / one for one in definitions], relaxed=read_policy().differences)
        environments, first = _environments(found.catalog, found.problems)
        planes = () if stacks_of_files() else _missing_planes(found.catalog)
        if planes and not (root / DATA_PLANES).exists():
            steps.append(Step(path=DATA_PLANES, text=texts.data_planes(planes)))
            definitions = definitions if "." in definitions else (*definitions, DATA_PLANES)
    else:
        definitions, environments, first = (EXAMPLE,), EXAMPLE_ENVIRONMENTS, {"development"}
        steps += [_step(root, path, text) for path, text in texts.example().items()]
    virtualenv = _virtualenv(root)
    project = wishes.name or _project_name(root)
    return Start(
        steps=(
            *_program(root, project, virtualenv),
            *_stacks(root, environments, first, definitions),
            _step(root, policy.FILE, texts.policy(environments[-1])),
            *steps,
            *_ignored(root, (f"{virtualenv}/", "__pycache__/", "/manifests/")),
        ),
        definitions=definitions,
        environments=environments,
        virtualenv=virtualenv,
    )


def _definitions(root: Path, wishes: Wishes) -> tuple[str, ...]:
    """Where they are: as is said, as stack files say, or where they are found; else nowhere."""
    missing = [one for one in wishes.definitions if not (root / one).exists()]
    if missing:
        message = "there is no such file or directory"
        raise OpenChoreoError(*(Problem(Stage.LOAD, one, (), message) for one in missing))
    if wishes.definitions:
        return wishes.definitions
    for stack in stacks_of_files():
        named = placed_settings_of(stack).definitions
        if all((root / one).exists() for one in named):
            return named
    found = find_definitions(root)
    own = sorted(one.name for one in root.iterdir() if not _OTHER_FILES.fullmatch(one.name))
    if not found and own and not wishes.example:
        raise OpenChoreoError(_nothing_here(root, own))
    return found


def _nothing_here(root: Path, own: Sequence[str]) -> Problem:
    shown = ", ".join(own[:3]) + (", ..." if len(own) > 3 else "")  # noqa: PLR2004
    message = f"there are no OpenChoreo definitions here, only {shown}"
    hint = (
        "go to the repository that has them, name them with --definitions, or have an example"
        " written beside what is here: --example"
    )
    return Problem(Stage.LOAD, str(root.resolve()), (), message, hint)


def _environments(
    catalog: Catalog, broken: Sequence[Problem]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Those of all pipelines, in their order, and those that come first in one."""
    found = Collector()
    pipelines = read_pipelines(catalog, read_policy().differences, found)
    names = tuple(dict.fromkeys(name for one in pipelines for name in one.environments))
    if names:
        return names, frozenset(one.root for one in pipelines)
    problems = (*broken, *catalog.placed(found.problems))
    if problems:
        raise OpenChoreoError(*problems)
    message = "there is no DeploymentPipeline among them, so no environment is known"
    hint = "define one, with an Environment for each stack that there is to be"
    raise OpenChoreoError(Problem(Stage.PIPELINE, "definitions", (), message, hint))


def _missing_planes(catalog: Catalog) -> tuple[texts.Plane, ...]:
    """The data planes that environments name, where the definitions have none at all."""
    if catalog.of_kind("ClusterDataPlane", "DataPlane"):
        return ()
    planes: dict[texts.Plane, None] = {}
    for environment in catalog.environments:
        reference = environment.spec.data_plane_ref
        kind = reference.kind if reference else "ClusterDataPlane"
        namespace = "" if kind == "ClusterDataPlane" else environment.namespace
        planes.setdefault((kind, namespace, reference.name if reference else "default"))
    return tuple(planes)


def _program(root: Path, project: str, virtualenv: str) -> Iterator[Step]:
    name = "Pulumi.yml" if (root / "Pulumi.yml").exists() else "Pulumi.yaml"
    add = f"it does not name the files provider: python -m {launcher.__name__} ."
    found = _text(root / name)
    note = add if found is not None and not launcher.is_named_in(found) else ""
    yield _step(root, name, texts.pulumi_yaml(project, virtualenv), note)
    found = _text(root / "__main__.py")
    note = "it has to call openchoreo.deploy()" if "openchoreo.deploy(" not in (found or "") else ""
    yield _step(root, "__main__.py", texts.PROGRAM, note)
    found = _text(root / "requirements.txt") or ""
    note = "" if re.search(r"^openchoreo\b", found, re.MULTILINE) else "it has to name openchoreo"
    yield _step(root, "requirements.txt", texts.requirements(), note)
    for path, text in launcher.texts().items():
        step = _step(root, path, text)
        yield step if step.note else Step(path=path, text=text, executable=True)


def _stacks(
    root: Path, environments: Sequence[str], first: frozenset[str] | set[str], places: Sequence[str]
) -> Iterator[Step]:
    served = {placed_settings_of(stack).environment: stack for stack in stacks_of_files()}
    for name in environments:
        other = served.get(name, name)
        note = f"{file_of(other)} is for this environment" if other != name else ""
        step = _step(root, file_of(name), texts.stack_file(name, places, first=name in first))
        yield Step(path=step.path, action=Action.LEAVE, note=note) if note else step


def _ignored(root: Path, lines: Sequence[str]) -> Iterator[Step]:
    """Manifests are ignored where nothing of that name is kept yet."""
    found = _text(root / ".gitignore")
    known = {line.strip().strip("/") for line in (found or "").splitlines()}
    kept = {"manifests"} if (root / "manifests").exists() else set[str]()
    new = [line for line in lines if line.strip("/") not in known | kept]
    text = "".join(f"{line}\n" for line in new)
    if found is None:
        yield Step(path=".gitignore", text=text)
    elif new:
        before = "" if found.endswith("\n") or not found else "\n"
        yield Step(path=".gitignore", action=Action.EXTEND, text=before + text)
    else:
        yield Step(path=".gitignore", action=Action.LEAVE, note="it is there already")


def _step(root: Path, path: str, text: str, note: str = "") -> Step:
    """A file that is there is left, whatever it says."""
    if (root / path).exists():
        said = f"it is there already; {note}" if note else "it is there already"
        return Step(path=path, action=Action.LEAVE, note=said)
    return Step(path=path, text=text)


def _text(path: Path) -> str | None:
    return path.read_text("utf-8", errors="replace") if path.is_file() else None


def _virtualenv(root: Path) -> str:
    """The virtual environment in the directory that this runs in, or where one is usually made."""
    here, running = root.resolve(), Path(sys.prefix)
    if sys.prefix != sys.base_prefix and running.is_relative_to(here) and running != here:
        return running.relative_to(here).as_posix()
    return ".venv"


def _project_name(root: Path) -> str:
    """That of the directory, in the characters that Pulumi takes."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", root.resolve().name).strip("-.")
    return name[:100] or "openchoreo"
