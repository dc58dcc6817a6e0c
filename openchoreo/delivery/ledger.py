"""The ledger of one environment: what runs there, what has run, and on which evidence.

It is one canonical JSON text, the output `pipeline` of the environment's stack. An unchanged
run writes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Literal, cast

from msgspec.structs import replace
from pydantic import Field

from openchoreo.delivery.chains import CHAINS, RESOURCES, Chain
from openchoreo.delivery.encoding import digest_of, encoded
from openchoreo.delivery.record import (
    ENTRIES,
    HISTORY,
    Applied,
    Offered,
    Record,
    Stamp,
    after_deploying,
    after_undeploying,
    shortened,
)
from openchoreo.delivery.redaction import Redaction
from openchoreo.delivery.release import refused
from openchoreo.delivery.sets import Members, ReleaseSet, as_a_whole, as_written, running, set_of
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Stage
from openchoreo.model import Model, read
from openchoreo.model.base import Items

SCHEMA_VERSION = 1


class Scope(Model):
    """What the stack is answerable for: namespaces, and projects as namespace/name."""

    namespaces: Items[str] = ()
    projects: Items[str] = ()


class PlaneTarget(Model):
    """Where the manifests of a data plane have gone so far."""

    target: Literal["files", "cluster"]
    cluster: str | None = None  # what identifies the cluster, whatever its context is called


class Ledger(Model):
    lineage: str
    environment: str
    scope: Scope = Scope()
    planes: dict[str, PlaneTarget] = Field(default_factory=dict)
    components: dict[str, Record] = Field(default_factory=dict)
    projects: dict[str, Record] = Field(default_factory=dict)
    resources: dict[str, Record] = Field(default_factory=dict)
    # Digests over everything that was deployed together, newest first, to be promoted as one.
    sets: Items[ReleaseSet] = ()
    # The set that config named last: others may forget it, and this environment has to go on.
    promoted_set: ReleaseSet | None = None
    # By digest: releases whose documents were taken away, and must not come back.
    redacted: dict[str, Redaction] = Field(default_factory=dict)

    def recorded(self, key: str, *, chain: Chain = "components") -> Record | None:
        """What is known of `key`, a namespace/name."""
        return self.records(chain).get(key)

    def covers(self, namespace: str, project: str) -> bool:
        """Whether this ledger can say anything of a project."""
        return record_key(namespace, project) in self.scope.projects

    def within(
        self,
        *,
        namespaces: Iterable[str],
        projects: Iterable[tuple[str, str]],
        planes: Mapping[str, PlaneTarget],
    ) -> Ledger:
        """With the scope and the targets of this run; a plane once used is never forgotten."""
        names = tuple(sorted({record_key(*project) for project in projects}))
        scope = Scope(namespaces=tuple(sorted(set(namespaces))), projects=names)
        return self.model_copy(update={"scope": scope, "planes": {**self.planes, **planes}})

    def with_deployed(  # noqa: PLR0913 - one parameter for each part of the record
        self,
        key: str,
        done: Applied,
        stamp: Stamp,
        *,
        project: str,
        endpoints: Mapping[str, Object] | None = None,
        outputs: Mapping[str, Object] | None = None,
        retained: bool = False,
        chain: Chain = "components",
    ) -> Ledger:
        """With a release of which every object has been applied and is ready."""
        before = self.recorded(key, chain=chain)
        offered = Offered(project, endpoints or {}, outputs or {}, retained=retained)
        after = after_deploying(before, done, stamp, offered)
        return self._with(chain, key, after)

    def with_undeployed(self, key: str, stamp: Stamp, *, chain: Chain = "components") -> Ledger:
        """With objects that are gone; nothing changes for what never ran here."""
        before = self.recorded(key, chain=chain)
        if before is None:
            return self
        return self._with(chain, key, after_undeploying(before, stamp))

    def with_redacted(self, digest: str, stamp: Stamp, *, reason: str = "") -> Ledger:
        """With the document of a release taken away; every entry that names it stays."""
        said = Redaction(since=stamp.since, by=stamp.by, reason=reason or None)
        return self.model_copy(update={"redacted": {**self.redacted, digest: said}})

    @property
    def running(self) -> Members:
        """The releases that run here together."""
        return running({chain: self.records(chain) for chain in CHAINS})

    @property
    def whole_sets(self) -> tuple[ReleaseSet, ...]:
        """Those that were recorded here, with all of their members, newest first."""
        return as_a_whole(self.sets)

    def with_set(self, stamp: Stamp) -> Ledger:
        """With a set of what runs now, unless that is nothing, or the newest has it all."""
        newest = set_of(self.running, stamp)
        if not newest.size or (self.sets and self.sets[0].digest == newest.digest):
            return self
        return self.model_copy(update={"sets": as_written((newest, *self.whole_sets))})

    def with_promoted(self, named: ReleaseSet) -> Ledger:
        return self.model_copy(update={"promoted_set": named})

    def bounded(self, most: int = ENTRIES) -> Ledger:
        """With `most` entries in all: where there are more, the longest histories lose their oldest."""
        lengths = [len(one.history) for chain in CHAINS for one in self.records(chain).values()]
        if sum(lengths) <= most:
            return self
        longest = _longest(lengths, most)
        shorter = {
            chain: {key: shortened(one, longest) for key, one in self.records(chain).items()}
            for chain in CHAINS
        }
        return self.model_copy(update=shorter)

    def referenced(self, *, previous: int = 3) -> frozenset[str]:
        """Digests whose documents are kept: the current one's, of as many that ran last, and those
        of the newest set and of the one that config named.
        """
        sets = (*self.whole_sets[:1], *([self.promoted_set] if self.promoted_set else ()))
        digests: set[str] = {release for one in sets for release in one.releases()}
        for chain in CHAINS:
            for record in self.records(chain).values():
                digests.add(record.current.release)
                last = [entry.release for entry in record.releases()]
                digests.update([d for d in last if d != record.current.release][:previous])
        return frozenset(digests)

    def dumps(self) -> str:
        """Canonical JSON with a digest over all of it, to notice damage."""
        return _sealed({"schemaVersion": SCHEMA_VERSION, **self.document()})

    @property
    def has_policy(self) -> bool:
        """Whether anything that was deployed here was asked by a policy."""
        return any(
            entry.policy
            for chain in CHAINS
            for record in self.records(chain).values()
            for entry in record.history
        )

    def lineages(self, environment: str) -> frozenset[str]:
        """Those of the ledgers of an environment on which releases were promoted here."""
        return frozenset(
            one.lineage
            for chain in CHAINS
            for record in self.records(chain).values()
            for entry in record.history
            for one in entry.upstream
            if one.environment == environment
        )

    def records(self, chain: Chain) -> Mapping[str, Record]:
        records: dict[Chain, Mapping[str, Record]] = {
            "components": self.components,
            "projects": self.projects,
            "resources": self.resources,
        }
        return records[chain]

    def _with(self, chain: Chain, key: str, record: Record) -> Ledger:
        return self.model_copy(update={chain: {**self.records(chain), key: record}})


def _longest(lengths: Iterable[int], most: int) -> int:
    """How long a history may be so that all of them have `most` entries; always one at least."""
    left = sorted(lengths)
    while left and left[0] * len(left) <= most:
        most -= left.pop(0)
    return max(1, most // len(left)) if left else HISTORY


def record_key(namespace: str, name: str) -> str:
    return f"{namespace}/{name}"


def empty_ledger(lineage: str, environment: str) -> Ledger:
    """The ledger of a stack that never deployed; `lineage` is made at random, once."""
    return Ledger(lineage=lineage, environment=environment)


RESTORE = (
    "restore the state of that stack from a backup: pulumi stack import --file <backup>;"
    " with a ledger that is not whole nothing can be decided"
)


def load_ledger(text: str, *, source: str, environment: str = "", restore: str = RESTORE) -> Ledger:
    """The ledger in the output `pipeline` of a stack, or in a file exported from one.

    `source` says where the text comes from, for problems, and `restore` what to do where it is
    damaged. Raises OpenChoreoError where the
    ledger is not whole, was changed by hand, is of an unknown version, or is not that of
    `environment` where one is given.
    """
    ledger = _read(text, source, restore)
    if environment and ledger.environment != environment:
        message = (
            f"its ledger is that of environment {ledger.environment}, "
            f"but this run is for {environment}"
        )
        hint = (
            f"set openchoreo:environment to {ledger.environment} again, "
            f"or use another stack for {environment}"
        )
        raise refused(source, message, hint, ("environment",))
    return ledger


def _read(text: str, source: str, restore: str) -> Ledger:
    content = _parsed(text, source, restore)
    version = content.pop("schemaVersion", None)
    if version != SCHEMA_VERSION:
        message = f"its ledger has schemaVersion {version}; this program knows {SCHEMA_VERSION}"
        raise refused(source, message, _NEWER, ("schemaVersion",))
    stated = content.pop("digest", None)
    if not _is_whole(text, stated, {"schemaVersion": version, **content}):
        message = "its ledger was changed after it was written: its digest is not that of its text"
        raise refused(source, message, restore, ("digest",))
    try:
        return read(Ledger, cast("Document", content), resource=source, stage=Stage.LEDGER)[0]
    except OpenChoreoError as error:
        raise OpenChoreoError(*(replace(p, hint=_NEWER) for p in error.problems)) from None


def _sealed(content: Object) -> str:
    """The text with its digest where that key belongs; nothing large is written twice for it."""
    text = encoded(content)
    after = encoded({key: value for key, value in content.items() if key > "digest"})
    place = len(text) - len(after) + 1
    return f'{text[:place]}"digest":"{digest_of(text)}",{text[place:]}'


def _is_whole(text: str, stated: Document, content: Object) -> bool:
    """A text as this program writes it need not be written again to be compared."""
    without = text.replace(f'"digest":"{stated}",', "", 1)
    return digest_of(without) == stated or digest_of(encoded(content)) == stated


_NEWER = "a newer program wrote this ledger: upgrade the openchoreo package, then run again"


def _parsed(text: str, source: str, restore: str) -> Object:
    try:
        document: object = json.loads(text)
    except ValueError as error:
        raise refused(source, f"its ledger is not whole: {error}", restore) from None
    if not isinstance(document, dict):
        raise refused(source, "its ledger is not a mapping", restore)
    return cast("Object", document)


def summary(ledger: Ledger) -> dict[str, str]:
    """What people look at: components, and resource/<name> -> the release that runs."""
    resources = {RESOURCES.removal(key): one for key, one in ledger.resources.items()}
    return {
        key: record.current.shown if record.running else f"{record.current.shown} (undeployed)"
        for key, record in sorted({**ledger.components, **resources}.items())
    }


def urls(ledger: Ledger) -> dict[str, dict[str, str]]:
    """Addresses that gateways offer: component -> endpoint -> URL; what is external goes first."""
    found = {
        key: {name: url for name, one in record.endpoints.items() if (url := _url(one))}
        for key, record in sorted(ledger.components.items())
        if record.running
    }
    return {key: named for key, named in found.items() if named}


def _url(endpoint: Object) -> str:
    """Encrypted where the gateway has it."""
    for circle in ("externalURLs", "internalURLs"):
        listeners = endpoint.get(circle)
        for listener in ("https", "http", "tls"):
            parts = listeners.get(listener) if isinstance(listeners, dict) else None
            if isinstance(parts, dict):
                return _address(parts)
    return ""


def _address(parts: Object) -> str:
    """Without the port that the scheme means anyway."""
    scheme, port = str(parts.get("scheme", "")), parts.get("port")
    usual = {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(scheme)
    shown = f":{port}" if port and port != usual else ""
    path = str(parts.get("path", ""))
    slash = "/" if path and not path.startswith("/") else ""
    return f"{scheme}://{parts.get('host', '')}{shown}{slash}{path}"
