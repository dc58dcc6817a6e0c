"""Load, recall, decide, render, check: everything before the first resource."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

import pulumi
from msgspec import Struct
from pulumi.runtime import config as pulumi_config

from openchoreo import config
from openchoreo.config import StackConfig
from openchoreo.document import Object
from openchoreo.engine import stacks
from openchoreo.engine.clusters import Clusters
from openchoreo.errors import Problem
from openchoreo.plan import Handed, Plan, make_plan
from openchoreo.workspace.expected import check_expected
from openchoreo.workspace.gathering import Sources, gather


class Run(Struct, frozen=True):
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

    `lineage` is for a stack that has none yet; `now` is what gates compare with; `adopt` goes
    before openchoreo:adopt. `handed` are outputs of Resources that the program gives.
    """
    sources = Sources(
        own=stacks.own_name(),
        stack_for=stacks.name_for,
        read_outputs=stacks.read_outputs,
        read_state=stacks.read_state,
        warn=_warn,
    )
    gathered = gather(_settings(adopt=adopt), sources, lineage=lineage, now=now, handed=handed)
    plan = make_plan(gathered.inputs)
    for warning in plan.warnings:
        _warn(warning)
    check_expected(plan, gathered.inputs.config.expect)
    clusters = Clusters(plan)
    clusters.check()
    return Run(plan, gathered.before, clusters, gathered.named(plan))


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


def _warn(warning: Problem) -> None:
    pulumi.log.warn(str(warning))


def _secret_keys() -> frozenset[str]:
    keys: Mapping[str, str] = pulumi_config.CONFIG.get()
    return frozenset(key for key in keys if pulumi_config.is_config_secret(key))
