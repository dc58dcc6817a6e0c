"""What could be promoted to an environment, and what gates say of it."""

from __future__ import annotations

from msgspec import Struct

from openchoreo.cli.asking import Asking
from openchoreo.cli.owners import Source, newer_upstream
from openchoreo.cli.stack_run import StackRun, stack_run
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import gates_of


class Promotable(Struct, frozen=True):
    """`closed` are the gates that keep it out, each in one line; `refused` is why nothing is known."""

    owner: str
    environment: str
    source: str
    release: str
    closed: tuple[str, ...] = ()
    refused: str = ""

    @property
    def said(self) -> str:
        return self.refused or "; ".join(self.closed) or "every gate is open"

    def document(self) -> Object:
        return {
            "owner": self.owner,
            "environment": self.environment,
            "from": self.source,
            "release": self.release,
            "closed": [*self.closed],
            "refused": self.refused or None,
        }


def promotable(stack: str, asking: Asking) -> list[Promotable]:
    """Whatever runs upstream in another release. Raises OpenChoreoError as planning does."""
    run = stack_run(stack, asking)
    return [_asked(run, source) for source in newer_upstream(run)]


def _asked(run: StackRun, source: Source) -> Promotable:
    owner, environment = source.owner, run.environment
    wanted = owner.wanted(pin=source.pin, state=owner.active(run), hold=False)
    closed: tuple[str, ...] = ()
    refused = ""
    try:
        answers = gates_of(run.inputs_with([wanted]), owner.words, owner.parts)
        closed = tuple(answer.line for answer in answers if not answer.passed)
    except OpenChoreoError as error:
        refused = error.problems[0].message.splitlines()[0]
    return Promotable(
        owner.shown, environment, source.environment, source.entry.shown, closed, refused
    )
