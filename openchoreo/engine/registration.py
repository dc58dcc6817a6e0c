"""Registers resources with the Pulumi engine, many requests in flight at once.

The one module that talks to the resource monitor. It uses the SDK's own connection
instead of resource classes for two reasons: only the raw answer tells whether an object
was really applied (the SDK fills outputs in from inputs, also for objects that
`--target` skipped), and it is several times cheaper for hundreds of objects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pulumi
from google.protobuf import json_format, struct_pb2
from msgspec import Struct
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from openchoreo.document import Document, Object
from openchoreo.plan import UNKNOWN

_SUCCESS = resource_pb2.Result.SUCCESS

UNKNOWN_ID = UNKNOWN
"""What Pulumi writes in a provider reference where the provider's id is not known yet."""


class Answer(Struct, frozen=True):
    """What the engine said of one registration.

    `applied` is evidence: the operation succeeded, was not skipped, has an id, and the
    object that came back contains everything that was asked for.
    """

    urn: str
    id: str
    applied: bool

    @property
    def reference(self) -> str:
        """The resource as a provider of others."""
        return f"{self.urn}::{self.id or UNKNOWN_ID}"


async def root_urn() -> str:
    """The URN of the stack, parent of everything else."""
    root = settings.get_root_resource()
    urn = await root.urn.future() if root else None
    return urn or ""


async def register_component(type_: str, name: str, parent: str, inputs: Object) -> str:
    """Registers a component resource and returns its URN."""
    request = _request(type_, name, parent, inputs, custom=False)
    response = await _call("RegisterResource", request)
    return cast("str", response.urn)


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


async def register_custom(
    type_: str, name: str, parent: str, inputs: Object, options: Options | None = None
) -> Answer:
    """Registers a resource of a provider.

    With `--continue-on-error` a failure is an answer that is not applied; without it the
    engine ends the run and grpc.RpcError is raised.
    """
    request = _request(type_, name, parent, inputs, custom=True)
    options = options or Options()
    request.provider = options.provider
    request.dependencies.extend(options.dependencies)
    request.version = options.version
    request.retainOnDelete = options.retained
    if options.frozen:
        request.ignoreChanges.extend(inputs)
    if options.timeout:
        limit = f"{options.timeout}s"
        request.customTimeouts.create = request.customTimeouts.update = limit
    response = await _call("RegisterResource", request)
    done = response.result == _SUCCESS and not response.unknown and bool(response.id)
    applied = done and _came_back(response.object, request.object, inputs, live=options.live)
    return Answer(urn=response.urn, id=response.id, applied=applied)


def _came_back(
    returned: struct_pb2.Struct, sent: struct_pb2.Struct, inputs: Object, *, live: bool
) -> bool:
    # Files come back as they were sent, and equal messages are told from others in no time.
    if returned == sent and not live:
        return True
    holds = is_live if live else contains
    return holds(json_format.MessageToDict(returned), inputs)


def fail_at_the_end(text: str) -> None:
    """Ends the run in error with this text, after the engine has executed every step.

    A program that raises sooner keeps the engine from deleting what is no longer registered. So
    the SDK's last call, which returns when all is done, is what fails.
    """
    monitor: Any = settings.get_monitor()
    wait_for_the_end = monitor.SignalAndWaitForShutdown

    def wait_and_fail(request: Any) -> None:
        wait_for_the_end(request)
        raise pulumi.RunError(text)

    monitor.SignalAndWaitForShutdown = wait_and_fail


async def finish_component(urn: str) -> None:
    """Tells the engine that a component has all its children."""
    await _call("RegisterResourceOutputs", resource_pb2.RegisterResourceOutputsRequest(urn=urn))


def is_live(returned: Document, asked: Document) -> bool:
    """Whether `returned` is the object that was asked for, as an API server keeps it.

    Its fields are not compared: servers write quantities and defaults their own way.
    """
    if not isinstance(returned, dict) or not isinstance(asked, dict):
        return False
    found, wanted = returned.get("metadata"), asked.get("metadata")
    if not isinstance(found, dict) or not isinstance(wanted, dict):
        return False
    return (
        bool(found.get("uid"))
        and all(returned.get(key) == asked.get(key) for key in ("apiVersion", "kind"))
        and all(found.get(key) == wanted.get(key) for key in ("name", "namespace"))
    )


def contains(returned: Document, asked: Document) -> bool:
    """Whether `returned` holds everything of `asked`; it may hold more, as servers add fields."""
    if isinstance(asked, dict):
        return isinstance(returned, dict) and all(
            value is None or (key in returned and contains(returned[key], value))
            for key, value in asked.items()
        )
    if isinstance(asked, list):
        return (
            isinstance(returned, list)
            and len(returned) == len(asked)
            and all(contains(theirs, ours) for theirs, ours in zip(returned, asked, strict=True))
        )
    if isinstance(asked, bool) or isinstance(returned, bool):
        return returned is asked
    return returned == asked


def _request(
    type_: str, name: str, parent: str, inputs: Object, *, custom: bool
) -> resource_pb2.RegisterResourceRequest:
    properties = struct_pb2.Struct()
    properties.update(cast("dict[str, Any]", inputs))
    return resource_pb2.RegisterResourceRequest(
        type=type_,
        name=name,
        parent=parent,
        custom=custom,
        object=properties,
        acceptSecrets=True,
        acceptResources=True,
        supportsPartialValues=True,
        supportsResultReporting=True,
    )


def _call(method: str, request: Any) -> Awaitable[Any]:
    """One request to the monitor, answered on the event loop."""
    rpc: Any = getattr(settings.get_monitor(), method).future(request)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle() -> None:
        if answer.cancelled():
            return
        error = rpc.exception()
        if error is None:
            answer.set_result(rpc.result())
        else:
            answer.set_exception(error)

    rpc.add_done_callback(_on(loop, settle))
    return answer


def _on(loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> Callable[[Any], None]:
    def callback(_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(action)

    return callback
