"""Which containers of a component are read, and why where there are none."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from openchoreo.cli.component_clusters import Found
from openchoreo.cli.words import counted
from openchoreo.cluster import (
    Container,
    Following,
    Line,
    Notice,
    Seen,
    Share,
    Source,
    Window,
    finished,
    known_containers,
    merged,
    not_started,
    pods_of,
    sources_of,
    uid_of,
    unknown_containers,
    without_pods,
)
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError

Looked = list[tuple[Share, list[Object]]]
"""The pods of each cluster."""


class Reading(Struct, frozen=True):
    """`names` are the containers that are asked for; the usual ones where there are none."""

    found: Found
    names: tuple[str, ...]
    window: Window

    def read(self) -> Iterator[Line | Notice]:
        """What is there by now, by its time.

        Raises OpenChoreoError where nothing is, and ClusterError.
        """
        looked = self._look()
        self._check_names(looked)
        missing = self._missing(looked)
        if missing:
            raise missing
        yield from self._waiting(looked)
        readable = [source for source, one in self._sources(looked) if self._can_be_read(one)]
        yield from merged(readable, self.window)

    def followed(self) -> Iterator[Line | Notice]:
        """And what comes. Raises as `read`, but for what may come yet."""
        looked = self._look()
        self._check_names(looked)
        seen, missing = self._seen(looked), self._missing(looked)
        if missing and seen.over:
            raise missing
        if missing:
            yield Notice(str(missing), "waiting for it; Ctrl-C ends that")
        else:
            yield from self._waiting(looked)
        yield from Following(lambda: self._seen(self._look())).lines(seen, self.window)

    @property
    def _shares(self) -> list[Share]:
        every = list(self.found.shares.values())
        return [one for one in every if one.workloads] or every

    def _look(self) -> Looked:
        return [(share, pods_of(share)) for share in self._shares]

    def _sources(self, looked: Looked) -> list[tuple[Source, Container]]:
        return [one for share, pods in looked for one in sources_of(share.api, pods, self.names)]

    def _seen(self, looked: Looked) -> Seen:
        over = all(finished(share) for share, _ in looked)
        return Seen(tuple(self._sources(looked)), over)

    def _can_be_read(self, one: Container) -> bool:
        return one.ended_before if self.window.previous else one.has_lines

    def _check_names(self, looked: Looked) -> None:
        """A name that no pod has would be waited for in vain."""
        pods = [pod for _, found in looked for pod in found]
        unknown = unknown_containers(pods, self.names)
        if pods and unknown:
            message = f"its pods have no container {', '.join(unknown)}"
            raise self.found.refused(message, f"they have {known_containers(pods)}")

    def _missing(self, looked: Looked) -> OpenChoreoError | None:
        where = self.found.environment
        pods = [pod for _, found in looked for pod in found]
        if not pods:
            told = [line for share, _ in looked for line in without_pods(share)]
            return self.found.refused("\n".join((f"has no pods in {where}", *told)))
        if any(self._can_be_read(one) for _, one in self._sources(looked)):
            return None
        if self.window.previous:
            message = f"no container of its {counted(len(pods), 'pod')} has ended before"
            return self.found.refused(message, "what runs now is shown without --previous")
        told = [one.text for one in self._waiting(looked)]
        name = self.found.key.partition("/")[2]
        hint = f"more is told by: openchoreo events {name} --env {where}"
        return self.found.refused("\n".join((f"nothing of it has started in {where}", *told)), hint)

    def _waiting(self, looked: Looked) -> Iterator[Notice]:
        """Pods of which nothing can be read yet."""
        if self.window.previous:
            return
        for share, pods in looked:
            begun = {source.uid for source, one in self._sources(looked) if one.has_lines}
            silent = [pod for pod in pods if uid_of(pod) not in begun]
            for text in not_started(share, silent, self.names):
                yield Notice(text)
