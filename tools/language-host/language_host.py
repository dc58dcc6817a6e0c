"""A language host for Python programs, for engines that were built without Pulumi's own.

Pulumi's distribution brings `pulumi-language-python`; it is always preferred where it is there.
This one speaks the same protocol (LanguageRuntime): it prints its port, and runs one program in
this process, in the virtual environment it was started in. It installs nothing.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import logging
import os
import queue
import runpy
import signal
import sys
import threading
import time
import traceback
from collections.abc import Coroutine, Iterator, Mapping
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format
from pulumi import runtime
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

MAX_MESSAGE = 400 * 1024 * 1024  # what engine and SDK allow each other
MAX_CONFIG = 128 * 1024  # what Linux allows for one environment variable, its name included
LOOK_FOR_ENGINE = 2.0  # seconds
CONFIG_VARIABLE = "PULUMI_CONFIG"
SECRET_KEYS_VARIABLE = "PULUMI_CONFIG_SECRET_KEYS"  # noqa: S105 - the name of a variable

Job = tuple[Any, "futures.Future[Any]"]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine; programs are handed to the main thread, where signals work."""

    def __init__(self, jobs: queue.Queue[Job]) -> None:
        self._jobs = jobs

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def About(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        version = ".".join(map(str, sys.version_info[:3]))
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """None: the engine would download a plugin for each."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        found = {each.name: each.version for each in importlib.metadata.distributions()}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=found[name])
                for name in sorted(found)
            ]
        )

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: ARG002, N802
        yield language_pb2.InstallDependenciesResponse(
            stdout=b"This language host installs nothing: run 'make setup'.\n"
        )

    def Run(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        answer: futures.Future[Any] = futures.Future()
        self._jobs.put((request, answer))
        return answer.result()


def run(request: Any, engine_address: str) -> Any:
    """Run the program of a request; what went wrong is logged once, with `bail` as the answer."""
    problem = misplaced(request) or publish_config(request.config, request.configSecretKeys)
    if problem:
        return language_pb2.RunResponse(error=problem)
    directory = request.info.program_directory or request.pwd
    os.chdir(directory)
    sys.argv = [request.info.entry_point or ".", *request.args]
    program = str(Path(directory, sys.argv[0]))
    connect(request, engine_address)

    def start() -> None:
        runpy.run_path(program, run_name="__main__")

    return execute(request.parallel, runtime.run_in_stack(start))


def misplaced(request: Any) -> str:
    """A sentence if Pulumi.yaml names another virtual environment than the one we are in."""
    options = json_format.MessageToDict(request.info.options)
    named = options.get("virtualenv")
    if not named:
        return ""
    wanted = Path(request.info.root_directory, named).resolve()
    if wanted == Path(sys.prefix).resolve():
        return ""
    return (
        f"Pulumi.yaml names the virtual environment {wanted}, but its language host was started "
        f"in {sys.prefix}: write `virtualenv: {named}` on a line of its own"
    )


def publish_config(config: Mapping[str, str], secret_keys: Iterator[str]) -> str:
    """Set the variables that Pulumi's own host sets; a sentence if they would not fit there."""
    texts = {
        CONFIG_VARIABLE: encoded(dict(config)),
        SECRET_KEYS_VARIABLE: encoded(sorted(secret_keys)),
    }
    for name, text in texts.items():
        size = len(f"{name}={text}".encode()) + 1
        if size > MAX_CONFIG:
            return (
                f"the stack's configuration takes {size} bytes of {name}, and Pulumi's language "
                f"host can pass {MAX_CONFIG} (128 KiB): move values out of the stack's file"
            )
    os.environ.update(texts)
    return ""


def encoded(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def connect(request: Any, engine_address: str) -> None:
    """Point the SDK at this run's engine, stack and configuration."""
    runtime.reset_options(
        project=request.project,
        monitor_address=request.monitor_address,
        engine_address=engine_address,
        stack=request.stack,
        root_directory=request.info.root_directory,
        parallel=request.parallel,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    runtime.set_all_config(dict(request.config), list(request.configSecretKeys))


def execute(parallel: int, program: Coroutine[Any, Any, object]) -> Any:
    """Run to the end; the answer is empty, or `bail` once the problem has been shown."""
    # A program that failed leaves futures nobody looks at; asyncio would complain about each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(futures.ThreadPoolExecutor(max_workers=max(parallel, 1) * 4))
    try:
        problem = outcome(loop, program)
        if problem:
            pulumi.log.error(problem)
        settle(loop)
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return language_pb2.RunResponse(bail=bool(problem))


def outcome(loop: asyncio.AbstractEventLoop, program: Coroutine[Any, Any, object]) -> str:
    """What to tell the user, or nothing."""
    try:
        loop.run_until_complete(program)
    except pulumi.RunError as error:
        return str(error)
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return "the engine has gone away"  # an interrupted run; the engine says so itself
        return unhandled()
    except SystemExit as leaving:
        return f"the program ended with exit code {leaving.code}" if leaving.code else ""
    except BaseException:  # noqa: BLE001 - whatever it is, the user must see it and we go on serving
        return unhandled()
    return ""


def unhandled() -> str:
    return f"the program failed with an unhandled exception:\n{traceback.format_exc()}"


def settle(loop: asyncio.AbstractEventLoop) -> None:
    """End what a failed program left running, and deliver what was logged last."""
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))


def serve(engine_address: str) -> None:
    # The engine ends its hosts with a signal and waits ten seconds for those that linger.
    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=leave_with, args=[os.getppid()], daemon=True).start()
    jobs: queue.Queue[Job] = queue.Queue()
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(jobs), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    while True:
        request, answer = jobs.get()
        try:
            answer.set_result(run(request, engine_address))
        except Exception as error:  # noqa: BLE001 - our own mistake: the engine prints it
            answer.set_exception(error)


def leave_with(parent: int) -> None:
    """An engine that is killed says no goodbye; once it has died, the system names another."""
    while os.getppid() == parent:
        time.sleep(LOOK_FOR_ENGINE)
    leave()


def leave(*_: object) -> None:
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    serve(next((argument for argument in sys.argv[1:] if not argument.startswith("-")), ""))
