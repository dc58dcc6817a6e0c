"""`onProblem: isolate`: one component's problems do not keep the others from going on.

A component with a problem keeps the release that is recorded of it, rendered again, if that gives
exactly the manifests that are recorded. Where it does not (an override may be what is broken),
its objects stay as the state has them. The run ends in error all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from openchoreo.catalog import Broken, Catalog, Survey
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import CLUSTER_SCOPED
from openchoreo.model import Key as ResourceKey
from openchoreo.plan.scope import Key, text

_EVERYBODY = frozenset({Stage.CONFIG, Stage.PIPELINE, Stage.LEDGER})
"""What is wrong there is wrong for all components."""

_OWNED = frozenset({"Component", "ReleaseBinding"})
"""Without them nobody knows what is meant for their component."""

_USED = frozenset(
    {
        "ClusterComponentType",
        "ClusterProjectType",
        "ClusterTrait",
        "ComponentRelease",
        "ComponentType",
        "Project",
        "ProjectType",
        "SecretReference",
        "Trait",
        "Workload",
    }
)
"""Whoever needs them and does not find them is refused; nothing is rendered in another way."""


class Isolated(Struct, frozen=True):
    """What is sound in the definitions, and whose problems the rest are."""

    catalog: Catalog
    problems: tuple[Problem, ...] = ()
    components: frozenset[Key] = frozenset()
    """Components to which something of it belongs."""
    untrusted: frozenset[Key] = frozenset()
    """Those of them of which it is not known what is meant."""


def isolate(found: Survey, environment: str) -> Isolated:
    """What is left for `environment`. Raises OpenChoreoError with the problems that may concern any
    component.
    """
    stopping = [one for one in found.problems if not _concerns_its_own(found.broken, one)]
    if stopping:
        raise OpenChoreoError(*stopping)
    named = [found.broken[problem.resource] for problem in found.problems]
    return Isolated(
        found.catalog.without({_key(one) for one in named}),
        found.problems,
        frozenset((one.namespace, one.component) for one in named if one.component),
        frozenset(
            (one.namespace, one.component)
            for one in named
            if one.kind in _OWNED and one.environment in {"", environment}
        ),
    )


def _concerns_its_own(broken: Mapping[str, Broken], problem: Problem) -> bool:
    one = broken.get(problem.resource)
    if one is None or not one.name or not (one.namespace or one.kind in CLUSTER_SCOPED):
        return False
    return one.kind in _USED or (one.kind in _OWNED and bool(one.component))


def _key(one: Broken) -> ResourceKey:
    return one.kind, "" if one.kind in CLUSTER_SCOPED else one.namespace, one.name


def concerns_everybody(problems: Iterable[Problem]) -> bool:
    return any(problem.stage in _EVERYBODY for problem in problems)


class Problems(Struct):
    """What was found so far, by the component it was found at."""

    enabled: bool
    told: list[Problem] = field(default_factory=list[Problem])

    def add(self, problems: Iterable[Problem], *, of_set: bool = False) -> None:
        """`of_set` is for what concerns a member of the set that config names: a set is promoted as a
        whole or not at all, so that nothing goes on without it.
        """
        self.told += problems
        if of_set:
            self.enabled = False

    def raise_unless_isolating(self) -> None:
        """Raises everything that was found, where one problem stops all components."""
        if self.told and (not self.enabled or concerns_everybody(self.told)):
            raise OpenChoreoError(*self.told)


def cannot_be_kept(key: Key, kind: str = "Component") -> Problem:
    message = "cannot keep what runs here: it cannot be rendered, and the state has none of it"
    hint = "mend the problems above; until then nothing of this stack can be changed"
    return Problem(Stage.DECIDE, f"{kind} {text(key)}", (), message, hint)
