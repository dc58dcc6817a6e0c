"""Runs the Pulumi program of a folder up to its first registration, without an engine.

    python -m bench.probe FOLDER

The engine's place is taken by a monitor that knows the last outputs of the stack and ends the
process as soon as anything but the stack itself is registered.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any, NoReturn

from google.protobuf import empty_pb2, struct_pb2
from pulumi import runtime
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import Settings, configure

from bench.projects import OUTPUTS, STACK

URN = f"urn:pulumi:{STACK}::bench::pulumi:pulumi:Stack::bench-{STACK}"


class Registration:
    """The monitor's method for registering, as the SDK and as our program call it."""

    def __call__(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            leave()
        return resource_pb2.RegisterResourceResponse(urn=URN)

    def future(self, request: Any) -> Any:
        return self(request)


class Monitor:
    """What a program asks before it registers anything."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self._outputs = outputs
        self.RegisterResource = Registration()

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: ARG002, N802 - the protocol's
        features = resource_pb2.ResourceMonitorFeature.values()
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def Invoke(self, request: Any) -> Any:  # noqa: ARG002, N802 - the protocol's
        answer = struct_pb2.Struct()
        answer.update({"name": STACK, "outputs": self._outputs, "secretOutputNames": []})
        fields: dict[str, Any] = {"return": answer}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ARG002, N802 - as above
        """Those of the stack, which may come before anything else is registered."""
        return empty_pb2.Empty()

    SignalAndWaitForShutdown = RegisterResourceOutputs


def leave() -> NoReturn:
    """At once: what a program does at its end is not part of its start."""
    os._exit(0)


def command(folder: Path) -> None:
    os.chdir(folder)
    outputs = json.loads(Path(OUTPUTS).read_text("utf-8"))
    configure(Settings("bench", STACK, monitor=Monitor(outputs), organization="organization"))
    runtime.set_all_config({}, [])
    asyncio.run(runtime.run_in_stack(program))
    sys.exit("the program registered nothing")


def program() -> None:
    runpy.run_path("__main__.py", run_name="__main__")


if __name__ == "__main__":
    command(Path(sys.argv[1]))
