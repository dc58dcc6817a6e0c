"""What is asked of a registration, and what is said of it, whichever way it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from openchoreo.document import Object
from openchoreo.plan import UNKNOWN

UNKNOWN_ID = UNKNOWN
"""What Pulumi writes in a provider reference where the provider's id is not known yet."""


class Answer(Struct, frozen=True):
    """What the engine said of one registration.

    `applied` is evidence: the operation succeeded, was not skipped, has an id, and what came back
    is evidence as well.
    """

    urn: str
    id: str
    applied: bool

    @property
    def reference(self) -> str:
        """The resource as a provider of others."""
        return f"{self.urn}::{self.id or UNKNOWN_ID}"


class Options(Struct, frozen=True):
    """What a resource needs; one that is `frozen` keeps the inputs it has.

    `version` is that of the provider's plugin, for a provider; `timeout` is in seconds, 0 for
    the provider's own. What is `live` comes back as a server has it. What is `retained` is not
    deleted when it is no longer registered, nor when the stack is destroyed.
    """

    provider: str = ""
    dependencies: Sequence[str] = ()
    frozen: bool = False
    version: str = ""
    timeout: int = 0
    live: bool = False
    retained: bool = False


class Way(Protocol):
    """One way to register resources. All of them leave the same state."""

    async def component(self, type_: str, name: str, parent: str, inputs: Object) -> str:
        """Registers a component resource and returns its URN."""
        ...

    async def custom(
        self, type_: str, name: str, parent: str, inputs: Object, options: Options
    ) -> Answer:
        """Registers a resource of a provider, or a provider."""
        ...

    async def finish(self, urn: str) -> None:
        """Tells the engine that a component has all its children."""
