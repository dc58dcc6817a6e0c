"""What an OpenChoreo repository needs to be deployed here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from openchoreo import policy
from openchoreo.catalog import Catalog, Survey, survey
from openchoreo.config import file_of
from openchoreo.delivery import Release, Snapshots
from openchoreo.errors import OpenChoreoError, Problem, format_path
from openchoreo.model import ComponentRelease, ProjectRelease, ResourceRelease
from openchoreo.plan.onboarding import FirstRun, Owned, written_pins
from openchoreo.policy import Policy
from openchoreo.workspace.policy_file import read_policy
from openchoreo.workspace.rehearsal import Rehearsal, missing_planes, rehearse
from openchoreo.workspace.stack_files import settings_of

_OWN_NAME = re.compile(r"-[0-9a-f]{12}(@sha256:[0-9a-f]{64})?$")
"""How names of releases end that this program has given."""


class Imported(Struct, frozen=True):
    """`relaxable` is difference -> how many problems are warnings where it is relaxed."""

    paths: tuple[Path, ...]
    found: Survey
    rehearsal: Rehearsal
    relaxable: Mapping[int, int]

    @property
    def catalog(self) -> Catalog:
        return self.found.catalog

    @property
    def used(self) -> dict[str, int]:
        return dict(sorted(Counter(one.kind for one in self.catalog.resources.values()).items()))

    @property
    def planes(self) -> tuple[str, ...]:
        """Data planes that environments need and nothing defines."""
        return tuple(
            f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
            for kind, namespace, name in missing_planes(self.catalog)
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.found.problems, *self.rehearsal.problems)


def examine(paths: Sequence[Path]) -> Imported:
    """What policy.yaml relaxes here is relaxed. Raises OpenChoreoError where that is not sound."""
    rules = read_policy()
    relaxed = rules.differences
    found = survey(paths, relaxed=relaxed)
    rehearsal = rehearse(found, relaxed, rules)
    imported = Imported(tuple(paths), found, rehearsal, {})
    if not imported.problems:
        return imported
    return Imported(tuple(paths), found, rehearsal, dict(_relaxable(imported, rules)))


def _relaxable(imported: Imported, rules: Policy) -> Iterator[tuple[int, int]]:
    """Each by itself; nothing is tried where even all of them would not help."""
    count = len(imported.problems)
    if _problems(imported.paths, policy.RELAXABLE, rules) >= count:
        return
    for number in sorted(policy.RELAXABLE - rules.differences):
        left = _problems(imported.paths, rules.differences | {number}, rules)
        if left < count:
            yield number, count - left


def _problems(paths: Sequence[Path], relaxed: frozenset[int], rules: Policy) -> int:
    found = survey(paths, relaxed=relaxed)
    return len(found.problems) + len(rehearse(found, relaxed, rules).problems)


class MissingRelease(Struct, frozen=True):
    """A pin that names a release which is not in the repository; `kind` is that of its document."""

    kind: str
    namespace: str
    name: str
    environments: tuple[str, ...]

    @property
    def command(self) -> str:
        """How to get it from OpenChoreo's control plane."""
        return f"kubectl get {self.kind.lower()} {self.name} -n {self.namespace} -o yaml"


def missing_releases(catalog: Catalog) -> tuple[MissingRelease, ...]:
    """Of releases that OpenChoreo has named: they are documents of its control plane."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for environment, pins in written_pins(catalog).items():
        for (words, key), pin in pins.items():
            namespace = key.partition("/")[0]
            one = (words.release_kind, namespace, pin)
            if catalog.get(*one) is None and not _OWN_NAME.search(pin):
                found.setdefault(one, []).append(environment)
    return tuple(MissingRelease(*one, tuple(names)) for one, names in sorted(found.items()))


def releases_in(catalog: Catalog) -> list[Release]:
    """Those of release documents."""
    snapshots = Snapshots()
    kinds = ("ComponentRelease", "ProjectRelease", "ResourceRelease")
    return [
        snapshots.imported(one)
        for one in catalog.of_kind(*kinds)
        if isinstance(one, ComponentRelease | ProjectRelease | ResourceRelease)
    ]


def next_steps(imported: Imported) -> Iterator[str]:
    """Commands, in the order in which they are typed."""
    if not Path("Pulumi.yaml").exists():
        places = " ".join(f"--definitions {path.as_posix()}" for path in imported.paths)
        yield f"openchoreo init {places}"
    for one in imported.rehearsal.environments:
        yield from _definitions(imported, one.environment)
    if imported.relaxable:
        yield f"write relaxed: [{', '.join(map(str, imported.relaxable))}] in policy.yaml"
    if imported.problems:
        names = " ".join(path.as_posix() for path in imported.paths)
        yield f"mend the problems, then ask again: openchoreo import {names}"
        return
    last: dict[str, FirstRun] = {}
    for run in imported.rehearsal.runs:
        before = last.get(run.environment, FirstRun(run.environment))
        yield from _run(imported.catalog, run, before)
        last[run.environment] = run


def _definitions(imported: Imported, stack: str) -> Iterator[str]:
    """Where a stack that is there does not read the repository yet."""
    if not Path(file_of(stack)).exists():
        return
    try:
        known = {Path(one) for one in settings_of(stack).definitions}
    except OpenChoreoError:
        return  # whoever runs that stack is told
    new = [path for path in imported.paths if path not in known]
    for index, path in enumerate(new, len(known)):
        key = format_path(("openchoreo:definitions", index))
        yield f"pulumi config set --path '{key}' {path.as_posix()} --stack {stack}"


def _run(catalog: Catalog, run: FirstRun, before: FirstRun) -> Iterator[str]:
    """What is written for it, and the run."""
    stack = run.environment
    for owned in sorted(before.undeployed - run.undeployed, key=_by_key):
        yield f"pulumi config rm --path '{_path(catalog, owned, 'state')}' --stack {stack}"
    for owned in sorted(before.pins.keys() - run.pins.keys(), key=_by_key):
        pin = _path(catalog, owned, owned[0].pin)
        yield f"pulumi config rm --path '{pin}' --stack {stack}"
    for owned in sorted(run.undeployed - before.undeployed, key=_by_key):
        state = _path(catalog, owned, "state")
        yield f"pulumi config set --path '{state}' Undeploy --stack {stack}"
    for owned in sorted(run.pins, key=_by_key):
        if before.pins.get(owned) != run.pins[owned]:
            pin = _path(catalog, owned, owned[0].pin)
            yield f"pulumi config set --path '{pin}' {run.pins[owned]} --stack {stack}"
    yield f"pulumi up --stack {stack}"


def _by_key(owned: Owned) -> tuple[str, str]:
    return owned[0].chain, owned[1]


def _path(catalog: Catalog, owned: Owned, field: str) -> str:
    """In stack config; with the bare name, where that is unique."""
    words, key = owned
    name = key.partition("/")[2]
    same = [one for one in catalog.of_kind(words.kind) if one.name == name]
    return format_path((words.config, name if len(same) == 1 else key, field))
