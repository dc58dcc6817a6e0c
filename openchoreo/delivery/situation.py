"""What a decision is made from: everything known of one component, project or Resource in one
environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from openchoreo.delivery.binding import Binding
from openchoreo.delivery.chains import Words
from openchoreo.delivery.ledger import Ledger, record_key
from openchoreo.delivery.pipeline import Pipeline
from openchoreo.delivery.record import Entry, Evidence, Record
from openchoreo.delivery.redaction import Redacted
from openchoreo.delivery.release import Release
from openchoreo.delivery.store import ReleaseStore
from openchoreo.errors import Problem


class Upstream(Struct, frozen=True, kw_only=True):
    """The ledger of an environment that comes before this one, or why there is none to use.

    `began_anew` says so where it is another one than this environment has taken from so far.
    """

    environment: str
    stack: str
    ledger: Ledger | None = None
    problem: str = ""
    hint: str = ""
    file: str = ""
    began_anew: str = ""

    @property
    def where(self) -> str:
        return self.file or f"stack {self.stack}"

    @property
    def useless(self) -> str:
        """Why there is no ledger of the environment; empty where there is."""
        if self.problem or self.ledger is None:
            return self.problem or f"{self.where} has recorded nothing, or was destroyed"
        if self.ledger.environment != self.environment:
            return f"{self.where} holds the ledger of {self.ledger.environment}"
        return ""

    def unusable(self, namespace: str, project: str) -> str:
        """Why this ledger can say nothing of a project; empty where it can."""
        if self.useless or self.ledger is None:
            return self.useless
        if not self.ledger.covers(namespace, project):
            return f"{self.where} does not cover project {namespace}/{project}"
        return ""


class Situation(Struct, frozen=True, kw_only=True):
    """`stack` is the full name of this stack; `absent` says why there is no `pipeline`.

    `today` is the snapshot of today's definitions, which only the first environment needs;
    `today_problems` say why there is none. `documents` are all that are known: this
    stack's, those of its upstreams, of directories and of the definitions. `imported` are
    the ComponentReleases of the definitions and directories that belong to the component.
    `redacted` are digests of releases that must not run, whoever has their documents.
    `seeded` is what takes what runs upstream where nothing is said of it. `removal` is the place in
    `openchoreo:removed` where the component stands, or may be written. `set_` is the digest of the
    set that stack config names, whether it has the component or not, and `last_set` that of the one
    that it named last. `unfit` says why a member of that set cannot be pinned by it.
    """

    namespace: str
    project: str
    component: str
    environment: str
    stack: str
    binding: Binding
    defined: bool = True
    seeded: bool = False
    auto_deploy: bool = False
    pipeline: Pipeline | None = None
    absent: str = ""
    today: Release | None = None
    today_problems: tuple[Problem, ...] = ()
    recorded: Record | None = None
    upstreams: tuple[Upstream, ...] = ()
    documents: ReleaseStore
    imported: tuple[Release, ...] = ()
    removed: bool = False
    removal: int = 0
    lineage: str = ""
    redacted: Mapping[str, Redacted] = field(default_factory=dict[str, Redacted])
    set_: str = ""
    last_set: str = ""
    unfit: tuple[Problem, ...] = ()

    @property
    def words(self) -> Words:
        return self.binding.words

    @property
    def subject(self) -> str:
        return f"{self.words.kind} {self.key}"

    @property
    def not_automatic(self) -> str:
        """Why today's snapshot does not run by itself."""
        if self.words.chain == "components":
            return "autoDeploy is off"
        return f"no {self.words.binding_kind}"

    @property
    def key(self) -> str:
        return record_key(self.namespace, self.component)

    def short(self, stack: str) -> str:
        """The name that a command typed here needs for a stack."""
        head, _, tail = stack.rpartition("/")
        return tail if head == self.stack.rpartition("/")[0] else stack

    @property
    def running(self) -> Entry | None:
        return self.recorded.current if self.recorded and self.recorded.running else None

    @property
    def first(self) -> bool:
        """Whether releases enter the pipeline here."""
        return self.pipeline is not None and self.pipeline.root == self.environment

    def usable_upstreams(self) -> Iterator[tuple[Upstream, Ledger]]:
        for upstream in self.upstreams:
            unusable = upstream.unusable(self.namespace, self.project)
            if upstream.ledger is not None and not unusable:
                yield upstream, upstream.ledger

    def upstream_records(self) -> Iterator[tuple[Upstream, Record]]:
        for upstream, ledger in self.usable_upstreams():
            record = ledger.recorded(self.key, chain=self.words.chain)
            if record is not None:
                yield upstream, record

    def evidence(self, digest: str) -> tuple[Evidence, ...]:
        """Who has deployed a release: the first upstream environment that has, else this one."""
        for upstream, record in self.upstream_records():
            entry = record.deployed(digest)
            if entry and upstream.ledger:
                file = upstream.file or None
                names = (upstream.environment, upstream.stack, upstream.ledger.lineage)
                return (_evidence(entry, names, file),)
        own = self.recorded.deployed(digest) if self.recorded else None
        return (_evidence(own, (self.environment, self.stack, self.lineage), None),) if own else ()


def _evidence(entry: Entry, names: tuple[str, str, str], file: str | None) -> Evidence:
    environment, stack, lineage = names
    return Evidence(
        environment=environment,
        stack=stack,
        lineage=lineage,
        since=entry.since,
        proof=entry.proof,
        file=file,
    )
