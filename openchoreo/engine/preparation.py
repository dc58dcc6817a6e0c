"""Load, recall, decide, render, check: everything before the first resource."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pulumi
from pulumi.runtime import config as pulumi_config

from openchoreo import config, policy
from openchoreo.catalog import Catalog, load, read_yaml, survey
from openchoreo.config import StackConfig
from openchoreo.delivery import Ledger
from openchoreo.delivery.gates import BreakGlass
from openchoreo.document import Object, digest
from openchoreo.engine import stacks
from openchoreo.engine.authors import Authors
from openchoreo.engine.clusters import Clusters, identify
from openchoreo.engine.papers import read_papers
from openchoreo.engine.policy_file import placed_in_policy, policy_is_there, read_policy
from openchoreo.engine.recall import (
    Place,
    ReadOutputs,
    lost_environment,
    named_downstream,
    read_exported,
    recall,
    recall_others,
)
from openchoreo.engine.signatures import Signatures
from openchoreo.engine.stack_files import pins_of
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.plan import (
    Gating,
    Handed,
    Inputs,
    Isolated,
    Pipelines,
    Plan,
    Scope,
    downstream_environments,
    isolate,
    make_plan,
    pinned_elsewhere,
    scope_of,
    upstream_environments,
)
from openchoreo.policy import Policy, loosened, rules_from


@dataclass(frozen=True, slots=True)
class Run:
    plan: Plan
    before: Object
    """The last outputs of this stack."""
    clusters: Clusters
    named: frozenset[str] = frozenset()
    """Digests of releases that other environments run or pin."""


def prepare(
    *,
    lineage: str,
    now: datetime,
    adopt: bool = False,
    handed: Mapping[str, Mapping[str, Handed]] | None = None,
) -> Run:
    """Raises OpenChoreoError with everything for which the run is refused.

    `lineage` is for a stack that has none yet; `now` is what gates compare with; `adopt` goes before openchoreo:adopt. `handed` are
    outputs of Resources that the program gives.
    """
    settings = _settings(adopt=adopt)
    rules = read_policy()
    definitions = _definitions(settings, rules)
    read_outputs = cache(stacks.read_outputs)
    _check_own_environment(definitions.catalog, read_outputs)
    scope = scope_of(definitions.catalog, settings)
    pipelines = Pipelines(scope, rules.differences)
    recalled = recall(
        stacks.own_name(),
        settings.environment,
        [_place(rules, name) for name in upstream_environments(scope, pipelines)],
        read_outputs,
        lineage=lineage,
        exported=read_exported(settings.releases),
    )
    _check_names(rules, definitions.catalog)
    _check_gates(settings, rules)
    _check_policy_is_there(recalled.ledger)
    plan = make_plan(
        Inputs(
            scope=scope,
            config=settings,
            recalled=recalled,
            pipelines=pipelines,
            relaxed=rules.differences,
            read_yaml=read_yaml,
            read_state=stacks.read_state,
            identify=identify,
            elsewhere=recall_others(
                stacks.own_name(), settings.environment, settings.project_stacks, read_outputs
            ),
            handed=handed or {},
            gating=_gating(settings, rules, now),
            broken=definitions,
        )
    )
    _warn(plan.warnings)
    clusters = Clusters(plan)
    clusters.check()
    named = _named(plan, scope, downstream_environments(scope, pipelines), read_outputs)
    return Run(plan, read_outputs(stacks.own_name()) or {}, clusters, named)


def _settings(*, adopt: bool) -> StackConfig:
    raw = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    if adopt:
        raw[f"{config.PREFIX}adopt"] = "true"
    secret = {*pulumi_config.get_config_secret_keys_env(), *_secret_keys()}
    limit = config.LIMIT_BYTES_ON_WINDOWS if os.name == "nt" else config.LIMIT_BYTES
    settings = config.parse(raw, stack=pulumi.get_stack(), secret_keys=secret, limit=limit)
    warning = config.size_warning(raw, limit=limit)
    if warning:
        pulumi.log.warn(warning)
    return settings


def _definitions(settings: StackConfig, rules: Policy) -> Isolated:
    """Warnings are told at once: what was misspelt in a document is often why a run is refused."""
    paths = _paths(settings.definitions)
    if settings.on_problem == "isolate":
        found = isolate(survey(paths, relaxed=rules.differences), settings.environment)
    else:
        found = Isolated(load(paths, relaxed=rules.differences))
    _warn(found.catalog.warnings)
    return found


def _check_own_environment(catalog: Catalog, read_outputs: ReadOutputs) -> None:
    """An Environment that was renamed or removed is told as what it is, not as a misspelt one."""
    stack = stacks.own_name()
    known = (environment.name for environment in catalog.environments)
    problem = lost_environment(read_outputs(stack), stack, known)
    if problem:
        raise OpenChoreoError(problem)


def _gating(settings: StackConfig, rules: Policy, now: datetime) -> Gating:
    glass, environment = settings.break_glass, settings.environment
    own = rules_from(settings.gates)
    return Gating(
        rules_of=lambda namespace, project: rules.rules(environment, namespace, project).narrowed(
            own
        ),
        papers=read_papers(settings.environment, Signatures(rules.allowed_signers)),
        now=now,
        glass=BreakGlass(glass.gates, glass.reason, glass.until) if glass else None,
        authors_of=Authors(config.file_of(pulumi.get_stack())),
        digest=digest(rules.document()) if policy_is_there() else "",
    )


def _check_names(rules: Policy, catalog: Catalog) -> None:
    """A rule for a name that nobody has would be none."""
    environments = {one.name for one in catalog.environments}
    projects = {
        name for one in catalog.projects for name in (one.name, f"{one.namespace}/{one.name}")
    }
    problems = [
        Problem(
            Stage.CONFIG,
            policy.FILE,
            path,
            f"there is no {kind} {path[-1]} in the definitions",
            nearest(path[-1], sorted(known)),
        )
        for kind, path, known in _named_in(rules, environments, projects)
        if path[-1] not in known
    ]
    if problems:
        raise OpenChoreoError(*placed_in_policy(problems))


def _check_gates(settings: StackConfig, rules: Policy) -> None:
    """Who promotes can add rules, and take none away."""
    asked = rules.rules(settings.environment, "", "")
    problems = [
        Problem(
            Stage.CONFIG,
            "stack config",
            (f"{config.PREFIX}gates", *path),
            f"is less than what {policy.FILE} says: {said}",
            "remove it, or ask for more",
        )
        for path, said in loosened(asked, settings.gates)
    ]
    if problems:
        raise OpenChoreoError(*problems)


def _named_in(
    rules: Policy, environments: set[str], projects: set[str]
) -> Iterable[tuple[str, tuple[str, ...], set[str]]]:
    for name, said in rules.environments.items():
        yield "Environment", ("environments", name), environments
        for project in said.projects:
            yield "Project", ("environments", name, "projects", project), projects


def _check_policy_is_there(ledger: Ledger) -> None:
    """One that was recorded here and is gone would leave every gate open."""
    if policy_is_there() or not ledger.has_policy:
        return
    message = "is not there, and releases have been deployed here under one"
    hint = "restore it; where there are to be no rules any more, leave an empty file"
    raise OpenChoreoError(Problem(Stage.CONFIG, policy.FILE, (), message, hint))


def _place(rules: Policy, environment: str) -> Place:
    said = rules.upstream(environment)
    if said and said.file:
        return Place(environment, file=said.file)
    return Place(environment, stack=(said.stack if said else "") or stacks.name_for(environment))


def _named(
    plan: Plan, scope: Scope, environments: Iterable[str], read_outputs: ReadOutputs
) -> frozenset[str]:
    """What other environments need; only looked at where documents could be dropped."""
    if not plan.changes_releases:
        return frozenset()
    places = [Place(name, stack=stacks.name_for(name)) for name in environments]
    pins = [pin for name in environments for pin in pins_of(name)]
    return named_downstream(places, read_outputs) | pinned_elsewhere(scope, plan.ledger, pins)


def _paths(definitions: Iterable[str]) -> list[Path]:
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
        if not Path(name).exists()
    ]
    if missing:
        raise OpenChoreoError(*missing)
    return [Path(name) for name in definitions]


def _warn(warnings: Iterable[Problem]) -> None:
    for warning in warnings:
        pulumi.log.warn(str(warning))


def _secret_keys() -> frozenset[str]:
    keys: Mapping[str, str] = pulumi_config.CONFIG.get()
    return frozenset(key for key in keys if pulumi_config.is_config_secret(key))
