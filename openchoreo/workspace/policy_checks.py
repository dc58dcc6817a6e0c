"""What policy.yaml may say here, and what stack config may say beside it."""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo import config, policy
from openchoreo.catalog import Catalog
from openchoreo.config import StackConfig
from openchoreo.delivery import Ledger
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import Resource
from openchoreo.policy import Policy, loosened
from openchoreo.workspace.policy_file import placed_in_policy, policy_is_there


def check_names(rules: Policy, catalog: Catalog) -> None:
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


def check_allowed_credentials(rules: Policy, catalog: Catalog) -> None:
    """The same of literals that are allowed: the next one of that name might be real."""
    problems: list[Problem] = []
    for index, one in enumerate(rules.allowed_credentials):
        known = {_full_name(found) for found in catalog.of_kind(one.kind)}
        if one.name not in known:
            path = ("credentials", "allowed", index, "name")
            message = f"there is no {one.kind} {one.name} in the definitions"
            hint = nearest(one.name, known)
            problems.append(Problem(Stage.CONFIG, policy.FILE, path, message, hint))
    if problems:
        raise OpenChoreoError(*placed_in_policy(problems))


def _full_name(resource: Resource) -> str:
    return f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name


def check_gates(settings: StackConfig, rules: Policy) -> None:
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


def check_policy_is_there(ledger: Ledger) -> None:
    """One that was recorded here and is gone would leave every gate open."""
    if policy_is_there() or not ledger.has_policy:
        return
    message = "is not there, and releases have been deployed here under one"
    hint = "restore it; where there are to be no rules any more, leave an empty file"
    raise OpenChoreoError(Problem(Stage.CONFIG, policy.FILE, (), message, hint))


def _named_in(
    rules: Policy, environments: set[str], projects: set[str]
) -> Iterable[tuple[str, tuple[str, ...], set[str]]]:
    for name in rules.upstreams:
        yield "Environment", ("upstreams", name), environments
    for name, said in rules.environments.items():
        yield "Environment", ("environments", name), environments
        for project in said.projects:
            yield "Project", ("environments", name, "projects", project), projects
