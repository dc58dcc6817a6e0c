"""The program: load, recall, decide, render, check, register, record."""

from __future__ import annotations

import asyncio
import gc
import getpass
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pulumi
from pulumi.runtime import config as pulumi_config

from openchoreo import config
from openchoreo.catalog import line_of, load, read_yaml
from openchoreo.delivery import Stamp
from openchoreo.document import Object
from openchoreo.engine import stacks, tree
from openchoreo.engine.policy_file import read_policy
from openchoreo.engine.recall import read_exported, recall
from openchoreo.errors import OpenChoreoError, Problem, Stage, describe
from openchoreo.plan import (
    Inputs,
    Outputs,
    Pipelines,
    Plan,
    make_plan,
    record,
    scope_of,
    upstream_environments,
)
from openchoreo.policy import Policy

OUTPUTS = ("pipeline", "releases", "summary")

_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "CI_COMMITTER_USERNAME")
"""Where CI systems tell who started a run; elsewhere it is the user of the machine."""


def deploy() -> None:
    """Deploys what the definitions, the config and the ledgers say runs in this environment.

    Everything that can be refused is refused before the first resource, in one message
    and without a traceback.
    """
    gc.disable()  # what is made here lives to the end: looking for garbage would take a fifth
    try:
        run = _prepare()
    except OpenChoreoError as error:
        raise pulumi.RunError(describe(_in_stack_file(error.problems))) from None
    finally:
        gc.freeze()
        gc.enable()
    for note in run.plan.notes:
        pulumi.log.info(note)
    for stack in run.plan.upstream_stacks:
        pulumi.StackReference(stack)
    recorded = asyncio.ensure_future(_apply(run))
    for name in OUTPUTS:
        pulumi.export(name, _output(recorded, name))


@dataclass(frozen=True, slots=True)
class _Run:
    plan: Plan
    before: Object
    """The last outputs of this stack."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    outputs: Outputs
    known: bool
    """False in a preview of a run that will change the record."""


def _prepare() -> _Run:
    raw = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    secret = {*pulumi_config.get_config_secret_keys_env(), *_secret_keys()}
    settings = config.parse(raw, stack=pulumi.get_stack(), secret_keys=secret)
    warning = config.size_warning(raw)
    if warning:
        pulumi.log.warn(warning)
    rules = read_policy()
    catalog = load(_paths(settings.definitions), relaxed=rules.differences)
    # Told at once: what was misspelt in a document is often why a run is refused.
    _warn(catalog.warnings)
    scope = scope_of(catalog, settings)
    pipelines = Pipelines(scope, rules.differences)
    upstreams = [
        (environment, _stack_of(rules, environment))
        for environment in upstream_environments(scope, pipelines)
    ]
    read_outputs = cache(stacks.read_outputs)
    recalled = recall(
        stacks.own_name(),
        settings.environment,
        upstreams,
        read_outputs,
        lineage=str(uuid.uuid4()),
        exported=read_exported(settings.releases),
    )
    plan = make_plan(
        Inputs(
            scope=scope,
            config=settings,
            recalled=recalled,
            pipelines=pipelines,
            relaxed=rules.differences,
            read_yaml=read_yaml,
        )
    )
    _warn(plan.warnings)
    return _Run(plan, read_outputs(stacks.own_name()) or {})


def _stack_of(rules: Policy, environment: str) -> str:
    upstream = rules.upstream(environment)
    return (upstream.stack if upstream else "") or stacks.name_for(environment)


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


def _in_stack_file(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of stack config with the line of their key, where the stack has a file."""
    path = Path(config.file_of(pulumi.get_stack()))
    text = path.read_text("utf-8") if path.is_file() else ""
    return [
        problem.at(path.name, line_of(text, ("config", *problem.path)))
        if config.is_in_config(problem)
        else problem
        for problem in problems
    ]


def _secret_keys() -> frozenset[str]:
    keys: Mapping[str, str] = pulumi_config.CONFIG.get()
    return frozenset(key for key in keys if pulumi_config.is_config_secret(key))


async def _apply(run: _Run) -> _Recorded:
    """Registers the plan, and records what was applied."""
    applied = await tree.register(run.plan)
    stamp = Stamp(datetime.now(UTC), _actor())
    if not pulumi.runtime.is_dry_run():
        return _Recorded(record(run.plan, applied, stamp), known=True)
    expected = record(run.plan, {one.key for one in run.plan.components}, stamp)
    unchanged = (expected.pipeline, expected.releases) == (
        run.before.get("pipeline"),
        run.before.get("releases"),
    )
    return _Recorded(expected, known=unchanged)


def _output(recorded: asyncio.Future[_Recorded], name: str) -> pulumi.Output[object]:
    """An output that a preview does not promise, so that an update from its plan can record."""

    async def value() -> object:
        return getattr((await recorded).outputs, name)

    async def known() -> bool:
        return (await recorded).known

    return pulumi.Output(
        set(),
        asyncio.ensure_future(value()),
        asyncio.ensure_future(known()),
        asyncio.ensure_future(asyncio.sleep(0, result=False)),
    )


def _actor() -> str:
    named = (os.environ.get(name, "") for name in _ACTORS)
    return next((name for name in named if name), "") or getpass.getuser()
