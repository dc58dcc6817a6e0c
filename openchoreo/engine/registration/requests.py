"""Registers by requests on the SDK's own connection to the engine, many in flight at once.

The raw answer tells whether an object was really applied, and hundreds of objects cost a part of
what resource classes cost. The connection and its messages are no promise of the SDK's, so this
is for versions of it that were tested.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from openchoreo.document import Object
from openchoreo.engine.registration.answers import Answer, Options
from openchoreo.engine.registration.evidence import is_evidence

_SUCCESS = resource_pb2.Result.SUCCESS


class Requests:
    """With `--continue-on-error` a failure is an answer that is not applied; without it the engine
    ends the run and grpc.RpcError is raised.
    """

    async def component(self, type_: str, name: str, parent: str, inputs: Object) -> str:
        request = _request(type_, name, parent, inputs, custom=False)
        response = await _call("RegisterResource", request)
        return cast("str", response.urn)

    async def custom(
        self, type_: str, name: str, parent: str, inputs: Object, options: Options
    ) -> Answer:
        request = _request(type_, name, parent, inputs, custom=True)
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

    async def finish(self, urn: str) -> None:
        request = resource_pb2.RegisterResourceOutputsRequest(urn=urn)
        await _call("RegisterResourceOutputs", request)


def _came_back(
    returned: struct_pb2.Struct, sent: struct_pb2.Struct, inputs: Object, *, live: bool
) -> bool:
    # Files come back as they were sent, and equal messages are told from others in no time.
    if returned == sent and not live:
        return True
    return is_evidence(json_format.MessageToDict(returned), inputs, live=live)


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
