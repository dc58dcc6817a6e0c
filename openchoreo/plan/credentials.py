"""Literals that look like credentials: refused before they are recorded or rendered.

A release that is recorded already, here or upstream, is asked nothing, and neither are overrides
that are applied already: what is recorded stays what it is. So a run in which nothing is new looks
at nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from openchoreo.config import StackConfig
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Binding, Record, Release, Situation
from openchoreo.delivery.credentials import Finding, KnownIn, looks_like
from openchoreo.document import Document, Object
from openchoreo.document import digest as digest_of
from openchoreo.errors import Path, Problem, Stage, format_path
from openchoreo.model import Model, label
from openchoreo.plan.frozen import Frozen, frozen_in, source_of
from openchoreo.plan.scope import Key, Scope, text

Allowed = tuple[str, str, str]
"""Kind and name of an owner, type or trait, and the place in it."""

OVERRIDES = (
    "componentTypeEnvironmentConfigs",
    "traitEnvironmentConfigs",
    "workloadOverrides",
    "environmentConfigs",
    "resourceTypeEnvironmentConfigs",
)
"""What bindings say that is rendered."""

_RECORDED = "would be recorded for ever, readable for everybody who can read the stack"
_RENDERED = "would be written into manifests and into the state of the stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """`known_in` is what somebody else knows of the looks of keys and tokens; `allowed` what the
    policy says is none.
    """

    known_in: KnownIn
    scope: Scope
    config: StackConfig
    allowed: frozenset[Allowed] = frozenset()
    _looked_at: dict[int, tuple[Document, tuple[Finding, ...]]] = field(
        init=False, default_factory=dict[int, tuple[Document, tuple[Finding, ...]]], repr=False
    )

    def in_release(self, situation: Situation, release: Release) -> tuple[Problem, ...]:
        """Of one that would be recorded for the first time."""
        if _is_recorded(situation, release.digest):
            return ()
        types, rest = frozen_in(release.spec)
        own = self._of_owner(situation, release, looks_like(rest, self.known_in))
        return (*own, *(one for type_ in types for one in self._of_type(situation, release, type_)))

    def in_overrides(
        self, owner: tuple[Key, str, Binding], record: Record | None, manifests: Callable[[], str]
    ) -> tuple[Problem, ...]:
        """Of overrides that are not applied yet; `owner` is key, project and binding, `manifests`
        the digest of what they make.
        """
        key, project, binding = owner
        if not binding.overrides or _is_applied(binding, record, manifests):
            return ()
        kind = binding.words.kind
        sources = self._sources(key, project, binding)
        return tuple(
            _problem((kind, text(key)), finding, _RENDERED, (resource, (*start, *finding.path)))
            for resource, start, said in sources
            for finding in looks_like(said, self.known_in)
            if not self._is_allowed((kind, text(key)), finding)
        )

    def _of_owner(
        self, situation: Situation, release: Release, findings: Iterable[Finding]
    ) -> Iterator[Problem]:
        kind, name = situation.words.kind, situation.key
        for finding in findings:
            if not self._is_allowed((kind, name), finding):
                written = source_of(self.scope.catalog, situation, release, finding.path)
                yield _problem(
                    (kind, name), finding, _RECORDED, (situation.subject, finding.place), written
                )

    def _of_type(self, situation: Situation, release: Release, type_: Frozen) -> Iterator[Problem]:
        """A type that the definitions have is told once, and not for everything that uses it."""
        found = self._findings(type_.spec)
        if not found:
            return
        namespace, name = type_.scope(situation.namespace), type_.name
        if self.scope.catalog.get(type_.kind, namespace, name) is None:
            within = (
                Finding((*type_.path, *one.path), (*type_.path, *one.place), one.kind)
                for one in found
            )
            yield from self._of_owner(situation, release, within)
            return
        owner = (type_.kind, text((namespace, name)) if namespace else name)
        for one in found:
            finding = Finding(("spec", *one.path), ("spec", *one.place), one.kind)
            if not self._is_allowed(owner, finding):
                place = self.scope.catalog.locate(type_.kind, namespace, name, finding.path)
                where = (label(type_.kind, namespace, name), finding.place)
                yield _problem(owner, finding, _RECORDED, where, place)

    def _findings(self, spec: Document) -> tuple[Finding, ...]:
        """Types that many share are looked at once."""
        if id(spec) not in self._looked_at:
            self._looked_at[id(spec)] = (spec, tuple(looks_like(spec, self.known_in)))
        return self._looked_at[id(spec)][1]

    def _sources(
        self, key: Key, project: str, binding: Binding
    ) -> Iterator[tuple[str, Path, Object]]:
        """Where overrides are written: resource, path to them, and what they say."""
        catalog, environment = self.scope.catalog, self.scope.environment
        words, config = binding.words, self.config
        documents = {
            COMPONENTS: lambda: catalog.bindings_of(key[0], project, key[1], environment),
            PROJECTS: lambda: catalog.project_bindings_of(*key, environment),
            RESOURCES: lambda: catalog.resource_bindings_of(key[0], project, key[1], environment),
        }
        for document in documents[words]():
            yield str(document), ("spec",), _overrides(document.spec)
        said = cast(
            "Mapping[object, Mapping[str, Model]]",
            {
                COMPONENTS: config.bindings,
                PROJECTS: config.project_bindings,
                RESOURCES: config.resource_bindings,
            },
        )[words].get(binding.key)
        if said:
            yield f"{words.kind} {text(key)}", binding.path(), _overrides(said)

    def _is_allowed(self, owner: tuple[str, str], finding: Finding) -> bool:
        return (*owner, format_path(finding.place)) in self.allowed


def _is_recorded(situation: Situation, digest: str) -> bool:
    records = [situation.recorded] if situation.recorded else []
    records += [record for _, record in situation.upstream_records()]
    return any(entry.release == digest for record in records for entry in record.history)


def _is_applied(binding: Binding, record: Record | None, manifests: Callable[[], str]) -> bool:
    """What surrounds a component may change its manifests as well."""
    if record is None or not record.running:
        return False
    made = record.made_from
    same = made is not None and made.overrides == digest_of(binding.overrides)
    return same or record.current.manifests == manifests()


def _overrides(values: Model) -> Object:
    return {key: value for key, value in values.document().items() if key in OVERRIDES}


def _problem(
    owner: tuple[str, str],
    finding: Finding,
    consequence: str,
    where: tuple[str, Path],
    placed: tuple[str, int] = ("", 0),
) -> Problem:
    """The value is told nowhere, and neither is a part of it."""
    kind, name = owner
    place = format_path(finding.place).replace("'", "''")
    hint = (
        "put it into a secret store, and refer to it: a SecretReference, and valueFrom.secretKeyRef"
        " here\n"
        "or, where it is none, let the platform team write so into policy.yaml, credentials.allowed:"
        f" {{kind: {kind}, name: {name}, path: '{place}', reason: ...}}"
    )
    message = f"looks like {finding.kind}, and {consequence}"
    problem = Problem(Stage.DECIDE, *where, message, hint)
    return problem.at(*placed) if placed[0] else problem
