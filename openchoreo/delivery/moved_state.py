"""Resources in the states of two stacks, as `pulumi stack export` prints them: from one to the other.

A URN begins with the names of stack and Pulumi project, so each is written anew, and so is whatever
refers to it. Objects keep their ids, which is why nothing is made or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import cast

from msgspec import Struct

from openchoreo.delivery.deployed import PACKAGES, PROVIDERS, ROOT, is_object, name_in
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage

_ENVIRONMENT = "openchoreo:index:Environment"
_PROJECT = "openchoreo:index:Project"

_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - how Pulumi marks one in a state
_URNS = ("urn", "parent", "deletedWith", "viewOf")
_LISTS = ("dependencies", "aliases", "replaceWith")


class Route(Struct, frozen=True):
    """Full names of the stacks; `directory` is how the target's Pulumi project calls a directory
    of the source's.
    """

    source: str
    target: str
    directory: Callable[[str], str] = lambda directory: directory


def projects_of(resources: Iterable[Object]) -> frozenset[str]:
    """The projects that a stack has objects of, as namespace/name."""
    return frozenset(_name(one) for one in resources if one["type"] == _PROJECT)


def objects_of_environment(resources: Iterable[Object]) -> tuple[str, ...]:
    """Names of the objects that belong to no project: channels for alerts."""
    return tuple(
        _name(one)
        for one in resources
        if _is_object(one) and f"::{_ENVIRONMENT}::" in str(one.get("parent"))
    )


class MovingResources:
    """All resources of `projects`, on their way from a list of resources to another one."""

    def __init__(
        self,
        source: Iterable[Object],
        target: Iterable[Object],
        projects: Collection[str],
        route: Route,
    ) -> None:
        self._source = [*source]
        self._target = {str(one["urn"]): one for one in target}
        self._route = route
        self._moved = _below(self._source, projects)
        self._urns = {str(one["urn"]) for one in self._moved}

    @property
    def objects(self) -> int:
        return sum(map(_is_object, self._moved))

    @property
    def planes(self) -> frozenset[str]:
        return frozenset(_name(one) for one in self._providers)

    @property
    def source(self) -> list[Object]:
        """What stays."""
        return [one for one in self._source if one["urn"] not in self._urns]

    @property
    def target(self) -> list[Object]:
        """What was there, and what came. Raises OpenChoreoError where it cannot be taken over."""
        problems = [*self._problems()]
        if problems:
            raise OpenChoreoError(*problems)
        environment = [one for one in self._source if one["type"] == _ENVIRONMENT]
        found = dict(self._target)
        for one in (*self._providers, *environment[:1], *self._moved):
            renamed = self._renamed(one)
            found.setdefault(str(renamed["urn"]), renamed)
        return [*found.values()]

    @property
    def _providers(self) -> list[Object]:
        used = {str(one.get("provider", "")).rpartition("::")[0] for one in self._moved}
        return [one for one in self._source if one["urn"] in used]

    def _renamed(self, one: Object) -> Object:
        renamed = dict(one)
        for key in _URNS:
            if key in one:
                renamed[key] = self._urn(str(one[key]))
        for key in _LISTS:
            if key in one:
                renamed[key] = self._each(one[key])
        properties = one.get("propertyDependencies")
        if isinstance(properties, dict):
            renamed["propertyDependencies"] = {
                key: self._each(urns) for key, urns in properties.items()
            }
        if "provider" in one:
            renamed["provider"] = self._provider(str(one["provider"]))
        if _is_files_provider(one):
            renamed.update({key: self._directed(one.get(key)) for key in ("inputs", "outputs")})
        return renamed

    def _each(self, urns: Document) -> Document:
        return [self._urn(str(urn)) for urn in urns] if isinstance(urns, list) else urns

    def _urn(self, urn: str) -> str:
        before, after = _prefix(self._route.source), _prefix(self._route.target)
        if urn == _root(self._route.source):
            return _root(self._route.target)
        return after + urn.removeprefix(before) if urn.startswith(before) else urn

    def _provider(self, reference: str) -> str:
        """One that the target has already is known by its own id."""
        urn, _, id_ = reference.rpartition("::")
        there = self._target.get(self._urn(urn))
        return f"{self._urn(urn)}::{there['id'] if there else id_}"

    def _directed(self, properties: Document) -> Document:
        if not isinstance(properties, dict):
            return properties
        return {**properties, "directory": self._route.directory(str(properties["directory"]))}

    def _problems(self) -> Iterator[Problem]:
        for one in self._moved:
            name = _name(one)
            if one.get("delete"):
                hint = "finish that first: pulumi up"
                yield self._problem(f"{name} is still to be deleted", hint)
            if _SECRET in json.dumps(one):
                message = f"{name} holds a secret, which only this stack can read"
                yield self._problem(message, "take it out of the object first")
            for other in self._outside(one):
                yield self._problem(f"{name} depends on {other}, which does not move with it")
        for one in self.source:
            for other in sorted(self._urns.intersection(_references(one))):
                message = f"{_name(one)}, which stays, depends on {name_in(other)}"
                yield self._problem(message, "take the dependency out of __main__.py first")
        for one in self._providers:
            yield from self._elsewhere(one)

    def _outside(self, one: Object) -> list[str]:
        """What it refers to beside itself, its environment and its provider."""
        known = self._urns | {str(each["urn"]) for each in self._providers}
        known |= {str(each["urn"]) for each in self._source if each["type"] == _ENVIRONMENT}
        return sorted(name_in(urn) for urn in _references(one) - known)

    def _elsewhere(self, provider: Object) -> Iterator[Problem]:
        """A provider of the target that leads to another place."""
        there = self._target.get(self._urn(str(provider["urn"])))
        mine, theirs = _leads_to(self._renamed(provider)), _leads_to(there or {})
        if there and mine != theirs:
            message = (
                f"objects on {_name(provider)} are in {mine}, and those of {self._route.target}"
            )
            hint = "say the same under openchoreo:dataPlanes, deploy once, and move then"
            yield self._problem(f"{message} in {theirs}", hint)

    def _problem(self, message: str, hint: str = "") -> Problem:
        return Problem(Stage.LEDGER, f"Stack {self._route.source}", (), message, hint)


def _below(resources: Iterable[Object], projects: Collection[str]) -> list[Object]:
    """The projects with everything under them; parents come before their children in a state."""
    found: dict[str, Object] = {}
    for one in resources:
        own = one["type"] == _PROJECT and _name(one) in projects
        if own or str(one.get("parent")) in found:
            found[str(one["urn"])] = one
    return [*found.values()]


def _references(one: Object) -> set[str]:
    """URNs of other resources that it cannot do without."""
    found = {str(one[key]) for key in ("parent", "deletedWith", "viewOf") if one.get(key)}
    lists: list[Document] = [one.get("dependencies"), one.get("replaceWith")]
    properties = one.get("propertyDependencies")
    lists += properties.values() if isinstance(properties, dict) else []
    for urns in lists:
        found.update(map(str, urns if isinstance(urns, list) else []))
    provider = str(one.get("provider", "")).rpartition("::")[0]
    return found | ({provider} if provider else set())


def _leads_to(provider: Object) -> str:
    inputs = cast("Mapping[str, Document]", provider.get("inputs") or {})
    return str(inputs.get("directory") or f"cluster {inputs.get('clusterIdentifier', '')}")


def _is_object(one: Object) -> bool:
    return is_object(str(one["type"]))


def _is_files_provider(one: Object) -> bool:
    return one["type"] == f"{PROVIDERS}{PACKAGES[0]}"


def _name(one: Object) -> str:
    return name_in(str(one["urn"]))


def _prefix(stack: str) -> str:
    _, project, short = stack.split("/")
    return f"urn:pulumi:{short}::{project}::"


def _root(stack: str) -> str:
    _, project, short = stack.split("/")
    return f"{_prefix(stack)}{ROOT}::{project}-{short}"
