"""Rules that types and traits set: on the inputs before rendering, on the manifests after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from openchoreo.errors import Collector, OpenChoreoError, Problem
from openchoreo.rendering.manifests import Item, matching
from openchoreo.rendering.parts import PostRenderRule, Rule
from openchoreo.rendering.scope import Scope


class PostRenderRules(Struct, frozen=True):
    """The rules of one type or trait instance, with the variables they see."""

    rules: tuple[PostRenderRule, ...]
    scope: Scope


def check_before(rules: Iterable[Rule], scope: Scope) -> None:
    """Raises OpenChoreoError with every rule that does not hold."""
    found = Collector()
    for rule in rules:
        if found.attempt(lambda rule=rule: scope.truth(rule.rule)) is False:
            found.add(_broken(rule, scope))
    found.raise_if_any()


def check_after(checks: Iterable[PostRenderRules], items: Sequence[Item]) -> None:
    """Raises OpenChoreoError with every rule of any source that does not hold."""
    found = Collector()
    for check in checks:
        for rule in check.rules:
            problems = found.attempt(
                lambda rule=rule, check=check: _check(rule, check.scope, items)
            )
            found.add(*problems or ())
    found.raise_if_any()


def _check(rule: PostRenderRule, scope: Scope, items: Sequence[Item]) -> list[Problem]:
    if rule.when is not None and not scope.truth(rule.when):
        return []
    problems: list[Problem] = []
    for each in scope.each(rule.loop.for_each, rule.loop.var):
        problems += _check_once(rule, each, items)
    return problems


def _check_once(rule: PostRenderRule, scope: Scope, items: Sequence[Item]) -> list[Problem]:
    found = matching(rule.target, items, scope)
    if not found:
        return [_unmatched(rule, scope)] if rule.must_match else []
    problems: list[Problem] = []
    for index in found:
        try:
            holds = scope.binding("resource", items[index].manifest).truth(rule.rule)
        except OpenChoreoError as error:
            problems += error.problems
        else:
            problems += [] if holds else [_broken(rule, scope, items[index])]
    return problems


def _broken(rule: Rule | PostRenderRule, scope: Scope, item: Item | None = None) -> Problem:
    """The message of the rule is its author's, literally."""
    about = f"{item.name}{scope.loop}: " if item else ""
    return scope.problem(
        (*rule.path, "rule"), f"{about}{rule.rule.document} evaluated to false: {rule.message}"
    )


def _unmatched(rule: PostRenderRule, scope: Scope) -> Problem:
    target = rule.target
    name = "/".join(part for part in (target.group, target.version, target.kind) if part)
    return scope.problem(
        target.path,
        f"no resource matched target {name}{scope.loop}: {rule.message}",
        "with mustMatch: false the rule holds where there is none",
    )
