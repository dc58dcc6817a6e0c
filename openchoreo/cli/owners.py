"""What people call the components, Resources and projects of an environment."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from openchoreo.cli.stack_run import StackRun
from openchoreo.config import StackConfig
from openchoreo.delivery import (
    CHAINS,
    COMPONENTS,
    PROJECTS,
    RESOURCES,
    Entry,
    Record,
    Upstream,
    Words,
)
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.forecast import Wanted

_WORDS = {"components": COMPONENTS, "projects": PROJECTS, "resources": RESOURCES}


class Owner(Struct, frozen=True):
    """`name` is how stack config calls it, `shown` how commands do."""

    words: Words
    key: str
    name: str

    @property
    def shown(self) -> str:
        return self.words.removal(self.key)

    @property
    def subject(self) -> str:
        """As problems call it."""
        return f"{self.words.kind} {self.key}"

    @property
    def parts(self) -> tuple[str, str]:
        namespace, _, name = self.key.partition("/")
        return namespace, name

    def active(self, run: StackRun) -> str:
        """What to write for `state` so that it runs: nothing, unless a document undeploys it."""
        if self.words is not COMPONENTS:
            return ""
        catalog = run.gathered.inputs.scope.catalog
        namespace, name = self.parts
        component = catalog.component(namespace, name)
        project = component.project if component else ""
        documents = catalog.bindings_of(namespace, project, name, run.environment)
        return "Active" if any(one.spec.state == "Undeploy" for one in documents) else ""

    def wanted(
        self, *, pin: str | None = None, state: str | None = None, hold: bool | None = None
    ) -> Wanted:
        return Wanted(
            words=self.words, key=self.key, name=self.name, pin=pin, state=state, hold=hold
        )


def owners_of(run: StackRun) -> tuple[Owner, ...]:
    """Everything that is defined for this environment, or recorded in it."""
    inputs = run.gathered.inputs
    scope, ledger = inputs.scope, inputs.recalled.ledger
    defined = {
        COMPONENTS: [(one.namespace, one.name) for one in scope.components],
        PROJECTS: [(one.namespace, one.name) for one in scope.projects],
        RESOURCES: [(one.namespace, one.name) for one in scope.managed],
    }
    found: list[Owner] = []
    for chain in CHAINS:
        words = _WORDS[chain]
        keys = {*ledger.records(chain), *("/".join(key) for key in defined[words])}
        names = [key.partition("/")[2] for key in keys]
        for key in sorted(keys):
            unique = names.count(key.partition("/")[2]) == 1
            found.append(Owner(words, key, _name(inputs.config, words, key, unique=unique)))
    return tuple(found)


def chosen(run: StackRun, named: Iterable[str]) -> tuple[Owner, ...]:
    """Those that are meant: a bare name, namespace/name, or one with resource/ or project/ before
    it. Raises OpenChoreoError with every name that means nothing, or several things.
    """
    known = owners_of(run)
    problems: list[Problem] = []
    found: list[Owner] = []
    for name in named:
        meant = [one for one in known if name in _names(one)]
        if len(meant) == 1:
            found += meant
        else:
            problems.append(_not_one(name, meant, known, run.environment))
    if problems:
        raise OpenChoreoError(*problems)
    return tuple(dict.fromkeys(found))


def _names(owner: Owner) -> set[str]:
    """A bare name is that of a component; others say what they are."""
    short = owner.key.partition("/")[2]
    if owner.words is COMPONENTS:
        return {owner.key, short}
    return {owner.shown, f"{owner.words.kind.lower()}/{short}"}


def _not_one(name: str, meant: list[Owner], known: tuple[Owner, ...], where: str) -> Problem:
    if meant:
        message = f"{name} is in several namespaces"
        hint = f"write one of {', '.join(one.shown for one in meant)}"
    else:
        message = f"there is no {name} in {where}"
        bare = "/" not in name
        names = [
            one.name if bare else one.shown for one in known if not bare or one.words is COMPONENTS
        ]
        hint = nearest(name, names)
    return Problem(Stage.CONFIG, f"Component {name}", (), message, hint)


def _name(config: StackConfig, words: Words, key: str, *, unique: bool) -> str:
    bindings = {
        COMPONENTS: config.bindings,
        PROJECTS: config.project_bindings,
        RESOURCES: config.resource_bindings,
    }[words]
    short = key.partition("/")[2]
    return key if key in bindings or not unique else short


class Source(Struct, frozen=True):
    """A release of an owner, and the environment that has it."""

    owner: Owner
    environment: str
    entry: Entry

    @property
    def pin(self) -> str:
        """As people write it; a name that means two releases is refused by the run."""
        return self.entry.shown


def upstream_of(run: StackRun, owner: Owner, environment: str = "") -> Source:
    """What runs in the environment before this one. Raises OpenChoreoError where nothing does."""
    upstreams = run.gathered.inputs.recalled.upstreams
    if environment and environment not in upstreams:
        message = f"{run.environment} gets no releases from {environment}"
        hint = f"it gets them from {', '.join(upstreams)}" if upstreams else ""
        raise _refused(owner, message, hint)
    named = [upstreams[environment]] if environment else list(upstreams.values())
    for upstream in named:
        record = _record(upstream, owner)
        if record and record.running:
            return Source(owner, upstream.environment, record.current)
    if not named:
        message = f"no environment comes before {run.environment}"
        raise _refused(owner, message, f"openchoreo diff --env {run.environment}")
    message = f"runs in none of the environments before {run.environment}: " + ", ".join(
        one.environment for one in named
    )
    raise _refused(owner, message, f"pulumi up --stack {named[0].stack.rpartition('/')[2]}")


def newer_upstream(run: StackRun) -> tuple[Source, ...]:
    """Whatever runs upstream in another release than here."""
    found: list[Source] = []
    ledger = run.gathered.inputs.recalled.ledger
    for owner in owners_of(run):
        for upstream in run.gathered.inputs.recalled.upstreams.values():
            record = _record(upstream, owner)
            here = ledger.recorded(owner.key, chain=owner.words.chain)
            if record is None or not record.running:
                continue
            if here is None and owner.words is PROJECTS:
                break  # its first release here is that of upstream, without a pin
            if here is None or not here.running or here.current.release != record.current.release:
                found.append(Source(owner, upstream.environment, record.current))
            break
    return tuple(found)


def recorded_as(run: StackRun, owner: Owner, release: str) -> Source | None:
    """A release by its name, alias, digest or name@digest, from upstream or from here."""
    places = [
        (one.environment, _record(one, owner))
        for one in run.gathered.inputs.recalled.upstreams.values()
    ]
    own = run.gathered.inputs.recalled.ledger.recorded(owner.key, chain=owner.words.chain)
    for environment, record in (*places, (run.environment, own)):
        for entry in record.releases() if record else ():
            names = {
                *entry.names,
                entry.release,
                f"{entry.name}@{entry.release}",
                f"{entry.shown}@{entry.release}",
            }
            if release in names:
                return Source(owner, environment, entry)
    return None


def _record(upstream: Upstream, owner: Owner) -> Record | None:
    if upstream.ledger is None:
        return None
    return upstream.ledger.recorded(owner.key, chain=owner.words.chain)


def _refused(owner: Owner, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.DECIDE, owner.subject, (), message, hint))
