"""Everything that is to run, beside what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES, Applied, Record, Release, Words
from openchoreo.plan import Plan


class Running(Struct, frozen=True):
    """Something that is to run: what is recorded of it, and what is to be."""

    words: Words
    key: str
    record: Record | None
    done: Applied | None
    release: Release | None

    @property
    def owner(self) -> str:
        return self.words.removal(self.key)

    @property
    def other_release(self) -> bool:
        """Whether it runs, and is to run another release."""
        record, done = self.record, self.done
        return bool(record and record.running and done and done.release != record.current.release)


def running_in(plan: Plan) -> Iterator[Running]:
    """Of everything that a plan has."""
    recorded = plan.ledger.recorded
    for project in plan.projects:
        record = recorded(project.key, chain="projects")
        yield Running(PROJECTS, project.key, record, project.done, project.release)
        for resource in project.resources:
            record = recorded(resource.key, chain="resources")
            yield Running(RESOURCES, resource.key, record, resource.done, resource.release)
        for one in project.components:
            yield Running(COMPONENTS, one.key, recorded(one.key), one.done, one.release)
