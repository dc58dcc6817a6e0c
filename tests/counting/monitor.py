"""A stand-in for Pulumi's engine that counts what it is asked, over a connection of its own.

Whatever is registered succeeds. Programs see no difference, whichever way they ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

ROOT = "pulumi:pulumi:Stack"
STATE = "pulumi:pulumi:readStackResourceOutputs"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """`stacks` are the outputs that stacks have, by their full names."""

    def __init__(self, stacks: Mapping[str, Any]) -> None:
        self._stacks = stacks
        self.requests: Counter[str] = Counter()
        """Method -> how often it was called."""
        self.registered: Counter[tuple[str, str]] = Counter()
        """Type and name of a resource -> how often it was registered."""
        self.finished: Counter[str] = Counter()
        """URN -> how often its outputs were registered."""
        self.reads: Counter[tuple[str, str]] = Counter()
        """Function and stack -> how often it was invoked."""
        self.outputs: dict[str, Any] = {}
        """Those of the stack that runs."""

    def GetDeploymentInfo(self, request, context):  # noqa: ARG002, N802 - the protocol's
        self.requests["GetDeploymentInfo"] += 1
        features = resource_pb2.ResourceMonitorFeature.values()
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def RegisterResource(self, request, context):  # noqa: ARG002, N802 - as above
        self.requests["RegisterResource"] += 1
        self.registered[request.type, request.name] += 1
        return resource_pb2.RegisterResourceResponse(
            urn=f"urn:pulumi:here::shop::{request.type}::{request.name}",
            id=request.name if request.custom else "",
            object=request.object,
        )

    def RegisterResourceOutputs(self, request, context):  # noqa: ARG002, N802 - as above
        self.requests["RegisterResourceOutputs"] += 1
        self.finished[request.urn] += 1
        if f"::{ROOT}::" in request.urn:
            self.outputs = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request, context):  # noqa: ARG002, N802 - as above
        self.requests["ReadResource"] += 1
        self.reads[request.type, request.id] += 1
        properties = struct_pb2.Struct()
        properties.update({"name": request.id, "outputs": self._stacks[request.id]})
        urn = f"urn:pulumi:here::shop::{request.type}::{request.name}"
        return resource_pb2.ReadResourceResponse(urn=urn, properties=properties)

    def Invoke(self, request, context):  # noqa: N802 - as above
        self.requests["Invoke"] += 1
        arguments = json_format.MessageToDict(request.args)
        stack = arguments.get("name") or arguments.get("stackName")
        self.reads[request.tok, stack] += 1
        if request.tok == STATE:
            return resource_pb2.ResourceInvokeResponse()
        if stack not in self._stacks:
            context.abort(grpc.StatusCode.UNKNOWN, f"unknown stack {stack!r}")
        answer = struct_pb2.Struct()
        answer.update({"name": stack, "outputs": self._stacks[stack], "secretOutputNames": []})
        return resource_pb2.ResourceInvokeResponse(**{"return": answer})

    def SignalAndWaitForShutdown(self, request, context):  # noqa: ARG002, N802 - as above
        self.requests["SignalAndWaitForShutdown"] += 1
        return empty_pb2.Empty()


@contextmanager
def served(monitor: Monitor) -> Iterator[str]:
    """The address at which it answers; one request at a time, so that nothing is counted twice."""
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
