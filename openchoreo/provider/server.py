"""The process: one gRPC server for the engine that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from openchoreo.provider import PACKAGE
from openchoreo.provider.folder import FileError
from openchoreo.provider.notices import Notices
from openchoreo.provider.servicer import FilesProvider, RefusedError

_THREADS = 4
_LARGEST = 400 * 1024 * 1024  # bytes of one message: the engine's own limit
_LOOK_FOR_ENGINE = 2.0  # seconds
_TO_FINISH = 1.0  # seconds for requests that run while the engine says goodbye


def serve(arguments: Sequence[str], version: str, parent: int) -> None:
    """Prints the port, as the engine expects, and answers until the engine is done or gone.

    `parent` is the process that started this one: once it has died, the system names another.
    """
    engine = next((each for each in arguments if not each.startswith("-")), "")
    done = threading.Event()

    def finish(*_: object) -> None:
        done.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, finish)
    server, port = start(FilesProvider(version, Path.cwd(), Notices(engine)))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not done.wait(_LOOK_FOR_ENGINE):
        if os.getppid() != parent:  # killed without a goodbye
            break
    server.stop(_TO_FINISH).wait()


def start(provider: FilesProvider) -> tuple[grpc.Server, int]:
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_THREADS),
        interceptors=[_PlainErrors()],
        options=[
            ("grpc.max_receive_message_length", _LARGEST),
            ("grpc.max_send_message_length", _LARGEST),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


class _PlainErrors(grpc.ServerInterceptor):
    """What goes wrong reaches the user as one sentence, never as the text of an exception class."""

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> Any:
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            _plainly(handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _plainly(answer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def answered(request: Any, context: Any) -> Any:
        try:
            return answer(request, context)
        except NotImplementedError:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{PACKAGE} only manages manifests")
        except (FileError, RefusedError, ValueError) as problem:
            # A code that tells the engine that nothing happened: it records no pending operation.
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        except Exception as defect:  # noqa: BLE001 - its traceback goes to the log
            traceback.print_exc(file=sys.stderr)
            context.abort(grpc.StatusCode.UNKNOWN, f"a defect of {PACKAGE}: {defect!r}")

    return answered
