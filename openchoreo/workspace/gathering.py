"""Load and recall: everything that a plan is made from, from the repository and from stacks.

The same for a run of the engine, which asks it, and for the command line, which asks the program
pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from openchoreo import config
from openchoreo.catalog import Catalog, load, read_yaml, survey
from openchoreo.config import StackConfig
from openchoreo.delivery.gates import BreakGlass
from openchoreo.document import Object, digest
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan import (
    Credentials,
    Gating,
    Handed,
    Inputs,
    Isolated,
    Pipelines,
    Plan,
    Scope,
    downstream_environments,
    isolate,
    pinned_elsewhere,
    scope_of,
    upstream_environments,
)
from openchoreo.policy import Policy, rules_from
from openchoreo.workspace.authors import Authors
from openchoreo.workspace.identity import identify
from openchoreo.workspace.papers import read_papers
from openchoreo.workspace.policy_checks import (
    check_allowed_credentials,
    check_gates,
    check_names,
    check_policy_is_there,
)
from openchoreo.workspace.policy_file import policy_is_there, read_policy
from openchoreo.workspace.recall import (
    Place,
    ReadOutputs,
    lost_environment,
    named_downstream,
    read_exported,
    recall,
    recall_others,
)
from openchoreo.workspace.signatures import Signatures
from openchoreo.workspace.stack_files import pins_of


class Sources(Struct, frozen=True, kw_only=True):
    """Whom to ask about stacks, and whom to tell what was noticed.

    `own` is the full name of the stack, `stack_for` that of the stack of another environment.
    `root` is the folder to which paths of definitions are relative.
    """

    own: str
    stack_for: Callable[[str], str]
    read_outputs: ReadOutputs
    read_state: Callable[[], Mapping[str, Object]]
    warn: Callable[[Problem], None]
    root: Path = field(default_factory=Path)


class Gathered(Struct, frozen=True, kw_only=True):
    """What a plan is made from, and what was read for it."""

    inputs: Inputs
    before: Object
    """The last outputs of the stack."""
    sources: Sources
    rules: Policy

    def named(self, plan: Plan) -> frozenset[str]:
        """What other environments need; only looked at where documents could be dropped."""
        if not plan.changes_releases:
            return frozenset()
        scope, sources = self.inputs.scope, self.sources
        environments = downstream_environments(scope, self.inputs.pipelines)
        places = [Place(name, stack=sources.stack_for(name)) for name in environments]
        pins = [pin for name in environments for pin in pins_of(name)]
        found = named_downstream(places, sources.read_outputs)
        return found | pinned_elsewhere(scope, plan.ledger, pins)


def gather(
    settings: StackConfig,
    sources: Sources,
    *,
    lineage: str,
    now: datetime,
    handed: Mapping[str, Mapping[str, Handed]] | None = None,
) -> Gathered:
    """Raises OpenChoreoError with everything that is wrong with the repository or the ledgers.

    `lineage` is for a stack that has none yet; `now` is what gates compare with; `handed` are
    outputs of Resources that the program gives.
    """
    rules = read_policy()
    definitions = _definitions(settings, rules, sources)
    read_outputs = cache(sources.read_outputs)
    before = read_outputs(sources.own)
    _check_own_environment(definitions.catalog, before, sources.own)
    scope = scope_of(definitions.catalog, settings)
    pipelines = Pipelines(scope, rules.differences)
    recalled = recall(
        sources.own,
        settings.environment,
        [
            _place(rules, name, sources, settings.environment)
            for name in upstream_environments(scope, pipelines)
        ],
        read_outputs,
        lineage=lineage,
        exported=read_exported(settings.releases),
    )
    check_names(rules, definitions.catalog)
    check_allowed_credentials(rules, definitions.catalog)
    check_gates(settings, rules)
    check_policy_is_there(recalled.ledger)
    inputs = Inputs(
        scope=scope,
        config=settings,
        recalled=recalled,
        pipelines=pipelines,
        relaxed=rules.differences,
        read_yaml=read_yaml,
        read_state=sources.read_state,
        identify=identify,
        elsewhere=recall_others(
            sources.own, settings.environment, settings.project_stacks, read_outputs
        ),
        handed=handed or {},
        gating=replace(
            _gating(settings, rules, now, _authors(sources.own, definitions.catalog)),
            credentials=credentials_of(scope, settings, rules),
        ).after(recalled.ledgers),
        broken=definitions,
    )
    return Gathered(inputs=inputs, before=before or {}, sources=sources, rules=rules)


def _definitions(settings: StackConfig, rules: Policy, sources: Sources) -> Isolated:
    """Warnings are told at once: what was misspelt in a document is often why a run is refused."""
    paths = definition_paths(settings.definitions, sources.root)
    if settings.on_problem == "isolate":
        found = isolate(survey(paths, relaxed=rules.differences), settings.environment)
    else:
        found = Isolated(load(paths, relaxed=rules.differences))
    for warning in found.catalog.warnings:
        sources.warn(warning)
    return found


def _check_own_environment(catalog: Catalog, outputs: Object | None, stack: str) -> None:
    """An Environment that was renamed or removed is told as what it is, not as a misspelt one."""
    known = (environment.name for environment in catalog.environments)
    problem = lost_environment(outputs, stack, known)
    if problem:
        raise OpenChoreoError(problem)


def _authors(stack: str, catalog: Catalog) -> Authors:
    file = config.file_of(stack.rpartition("/")[2])
    return Authors(file, lambda pin: catalog.placed([pin])[0])


def _gating(settings: StackConfig, rules: Policy, now: datetime, authors: Authors) -> Gating:
    glass, environment = settings.break_glass, settings.environment
    own = rules_from(settings.gates)
    return Gating(
        rules_of=lambda namespace, project: rules.rules(environment, namespace, project).narrowed(
            own
        ),
        papers=read_papers(settings.environment, Signatures(rules.allowed_signers)),
        now=now,
        glass=BreakGlass(glass.gates, glass.reason, glass.until) if glass else None,
        authors_of=authors,
        digest=digest(rules.document()) if policy_is_there() else "",
    )


def credentials_of(scope: Scope, settings: StackConfig, rules: Policy) -> Credentials:
    """What looks for literals that look like credentials, and what the policy allows of them."""
    allowed = {(one.kind, one.name, one.path) for one in rules.allowed_credentials}
    return Credentials(known_in=_known_in, scope=scope, config=settings, allowed=frozenset(allowed))


def _known_in(text: str) -> Iterable[tuple[str, str]]:
    from openchoreo.workspace.credentials import known_in  # noqa: PLC0415 - only for what is new

    return known_in(text)


def _place(rules: Policy, environment: str, sources: Sources, here: str) -> Place:
    """`here` is the environment that takes releases from it: one with rules trusts no new ledger."""
    said = rules.upstream(environment)
    lineage = said.lineage if said else ""
    strict = here in rules.environments
    if said and said.file:
        return Place(environment, file=said.file, lineage=lineage, strict=strict)
    stack = (said.stack if said else "") or sources.stack_for(environment)
    return Place(environment, stack=stack, lineage=lineage, strict=strict)


def definition_paths(definitions: Iterable[str], root: Path) -> list[Path]:
    """Where definitions are; a path that is not there is a mistake of the config."""
    missing = [
        Problem(
            Stage.CONFIG,
            "stack config",
            (f"{config.PREFIX}definitions", index),
            f"there is no file or directory {name}",
            f"paths are relative to {Path.cwd()}",
        )
        for index, name in enumerate(definitions)
        if not (root / name).exists()
    ]
    if missing:
        raise OpenChoreoError(*missing)
    return [root / name for name in definitions]
