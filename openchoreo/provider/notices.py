"""Sentences for the person at the terminal, through the engine."""

from __future__ import annotations

import threading
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_MOST = 10  # a directory that was deleted whole needs no thousand sentences
_PATIENCE = 5.0  # seconds


class Notices:
    """Says the first few; without an engine's address it is silent."""

    def __init__(self, engine: str = "") -> None:
        self._engine = engine
        self._said = 0
        self._lock = threading.Lock()

    def say(self, urn: str, message: str) -> None:
        with self._lock:
            self._said += 1
            if self._said > _MOST + 1 or not self._engine:
                return
            if self._said > _MOST:
                urn, message = (
                    "",
                    "more files are not as they were written; the diff shows them all",
                )
            self._send(urn, message)

    def _send(self, urn: str, message: str) -> None:
        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.WARNING, urn=urn, message=message
        )
        try:
            with grpc.insecure_channel(self._engine) as channel:
                engine: Any = engine_pb2_grpc.EngineStub(channel)
                engine.Log(request, timeout=_PATIENCE)
        except grpc.RpcError:
            self._engine = ""  # a run must not fail for a sentence that nobody could read
