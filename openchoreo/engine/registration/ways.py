"""Takes the way that was chosen for a run."""

from __future__ import annotations

from contextvars import ContextVar
from importlib import metadata

from openchoreo.document import Object
from openchoreo.engine.registration.answers import Answer, Options, Way
from openchoreo.engine.registration.choice import REQUESTS, chosen, unfit
from openchoreo.errors import OpenChoreoError

_way: ContextVar[Way] = ContextVar("way")


def choose(written: str) -> None:
    """Chooses for the run that goes on from here; `written` is what VARIABLE says.

    Raises OpenChoreoError for a way that there is not, or that this SDK does not have.
    """
    sdk = metadata.version("pulumi")
    _way.set(_requests() if chosen(written, sdk) == REQUESTS else _classes(sdk))


# Only the one way is imported: what the other one needs may not be there.


def _requests() -> Way:
    from openchoreo.engine.registration.requests import Requests  # noqa: PLC0415

    return Requests()


def _classes(sdk: str) -> Way:
    try:
        from openchoreo.engine.registration.classes import Classes  # noqa: PLC0415
    except ImportError as error:
        raise OpenChoreoError(unfit(sdk)) from error
    return Classes()


async def register_component(type_: str, name: str, parent: str, inputs: Object) -> str:
    """Registers a component resource and returns its URN."""
    return await _way.get().component(type_, name, parent, inputs)


async def register_custom(
    type_: str, name: str, parent: str, inputs: Object, options: Options | None = None
) -> Answer:
    """Registers a resource of a provider, or a provider.

    With `--continue-on-error` a failure is an answer that is not applied; without it the engine
    ends the run and this raises.
    """
    return await _way.get().custom(type_, name, parent, inputs, options or Options())


async def finish_component(urn: str) -> None:
    """Tells the engine that a component has all its children."""
    await _way.get().finish(urn)
