"""What is wrong with the repository that is worked in: all that can be said without an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from openchoreo.config import StackConfig, file_of
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan import Sound
from openchoreo.policy import Policy
from openchoreo.workspace.gathering import definition_paths
from openchoreo.workspace.looking import LookedAt, Stacks, look
from openchoreo.workspace.papers import APPROVALS, ATTESTATIONS, read_papers
from openchoreo.workspace.placing import anywhere, of_stack, placed_in_its_file
from openchoreo.workspace.policy_checks import check_gates, check_names
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.recall import read_exported
from openchoreo.workspace.signatures import Signatures
from openchoreo.workspace.stack_files import (
    placed_in_stack_file,
    placed_settings_of,
    stacks_of_files,
)

T = TypeVar("T")

DEFINITIONS = "definitions"


class Finding(Struct, frozen=True):
    """A problem, or something to be warned of."""

    problem: Problem
    error: bool
    environments: tuple[str, ...] = ()
    """Those that have it, where others that were looked at have not."""


class Validation(Struct, frozen=True):
    """All findings, and what was looked at."""

    findings: tuple[Finding, ...]
    resources: int
    environments: tuple[str, ...]
    complete: bool
    """False where problems of some definitions kept others from being looked at."""

    @property
    def errors(self) -> int:
        return sum(one.error for one in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def validate_paths(paths: Sequence[Path], *, relaxed: frozenset[int] | None = None) -> Validation:
    """These definitions alone; policy.yaml says what only warns, unless it is given."""
    looking = _Looking()
    rules = looking.attempt(read_policy) or Policy()
    looking.definitions(paths, rules.differences if relaxed is None else relaxed, {})
    return looking.result()


def validate_repository(*, relaxed: frozenset[int] | None = None) -> Validation:
    """The definitions that stack files name, these files themselves, the policy and its papers."""
    looking = _Looking()
    rules = looking.attempt(read_policy) or Policy()
    differences = rules.differences if relaxed is None else relaxed
    for definitions, stacks in _by_definitions(looking).items():
        first = next(iter(stacks), "")
        paths = looking.attempt(
            lambda definitions=definitions: definition_paths(definitions, Path()), stack=first
        )
        sound = looking.definitions(paths, differences, stacks) if paths else None
        if sound:
            looking.attempt(lambda sound=sound: check_names(rules, sound.part.catalog))
        for stack, settings in stacks.items():
            looking.attempt(lambda settings=settings: check_gates(settings, rules), stack=stack)
            looking.attempt(lambda one=settings: read_exported(one.releases), stack=stack)
    _papers(looking, rules)
    return looking.result()


def _by_definitions(looking: _Looking) -> dict[tuple[str, ...], dict[str, StackConfig]]:
    """Stacks with their settings, by what they say where definitions are."""
    stacks = stacks_of_files()
    found: dict[tuple[str, ...], dict[str, StackConfig]] = {}
    for stack in stacks:
        settings = looking.attempt(lambda stack=stack: placed_settings_of(stack))
        if settings:
            found.setdefault(settings.definitions, {})[stack] = settings
    if stacks or Path(DEFINITIONS).exists():
        return found or {(DEFINITIONS,): {}}
    message = "there are no stack files here, and no directory definitions"
    hint = "name what to look at: openchoreo validate PATH; or begin with: openchoreo init"
    looking.add([Problem(Stage.LOAD, str(Path.cwd()), (), message, hint)])
    return {}


def _papers(looking: _Looking, rules: Policy) -> None:
    signatures = Signatures(rules.allowed_signers)
    folders = [one for kind in (APPROVALS, ATTESTATIONS) for one in sorted(kind.glob("*/"))]
    for environment in dict.fromkeys(folder.name for folder in folders):
        looking.attempt(lambda name=environment: read_papers(name, signatures))
    known = looking.environments
    for folder in folders if known else ():
        if folder.name not in known:
            message = f"there is no Environment {folder.name} in the definitions"
            problem = Problem(Stage.CONFIG, str(folder), (), message, nearest(folder.name, known))
            looking.add([problem.at(str(folder), 0)], error=False)


class _Looking(Struct):
    """What was found so far: each finding once, with the environments that have it."""

    found: dict[tuple[Problem, bool], list[str]] = field(
        default_factory=dict[tuple[Problem, bool], list[str]]
    )
    environments: dict[str, None] = field(default_factory=dict[str, None])
    resources: int = 0
    complete: bool = True

    def add(self, problems: Iterable[Problem], *, error: bool = True, of: str = "") -> None:
        for problem in problems:
            self.found.setdefault((placed_in_its_file(problem), error), []).append(of)

    def attempt(self, action: Callable[[], T], *, stack: str = "") -> T | None:
        """The result of `action`, or None after noting what it raised, maybe of a stack's file."""
        try:
            return action()
        except OpenChoreoError as error:
            problems = error.problems
            self.add(placed_in_stack_file(problems, stack) if stack else problems)
            return None

    def definitions(
        self, paths: Sequence[Path], relaxed: frozenset[int], stacks: Stacks
    ) -> Sound | None:
        """Definitions, and every environment of them; None where they are too broken for that."""
        looked = look(paths, relaxed, stacks)
        self.resources += len(looked.surveyed.catalog.resources)
        self.add(looked.surveyed.problems)
        self.add(looked.surveyed.catalog.warnings, error=False)
        self.complete = self.complete and looked.sound is not None
        if looked.sound:
            self.add(looked.sound.checked.problems)
            self.add(looked.sound.checked.warnings, error=False)
        for one in looked.environments:
            self._environment(one)
        return looked.sound

    def _environment(self, one: LookedAt) -> None:
        name = one.settings.environment
        self.environments.setdefault(name)
        checked = one.checked
        for problems, error in ((checked.problems, True), (checked.warnings, False)):
            told = anywhere(problems, name)
            for problem in of_stack(told, one.stack, one.settings) if one.stack else told:
                of = "" if problem.file == file_of(one.stack) else name
                self.add([problem], error=error, of=of)

    def result(self) -> Validation:
        every = tuple(self.environments)
        findings = tuple(
            Finding(problem, error, () if "" in where or {*where} == {*every} else (*where,))
            for (problem, error), where in self.found.items()
        )
        return Validation(findings, self.resources, every, self.complete)
