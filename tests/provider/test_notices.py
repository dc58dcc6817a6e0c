"""Sentences that reach the terminal, and no more than somebody reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from openchoreo.provider.notices import Notices


class Terminal(engine_pb2_grpc.EngineServicer):
    def __init__(self):
        self.lines = []

    def Log(self, request, context):  # noqa: N802 - the name is the protocol's
        assert context.is_active()
        self.lines.append((request.severity, request.urn, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def terminal():
    servicer = Terminal()
    server = grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(servicer, server)
    servicer.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield servicer
    server.stop(None).wait()


def test_a_sentence_stands_beside_its_resource(terminal):
    Notices(terminal.address).say("urn:x", "x is missing")
    assert terminal.lines == [(engine_pb2.WARNING, "urn:x", "x is missing")]


def test_after_the_first_ten_one_stands_for_the_rest(terminal):
    notices = Notices(terminal.address)
    for index in range(30):
        notices.say(f"urn:{index}", f"{index} is missing")
    assert [message for _, _, message in terminal.lines] == [
        *(f"{index} is missing" for index in range(10)),
        "more files are not as they were written; the diff shows them all",
    ]
    assert terminal.lines[-1][1] == ""


def test_an_engine_that_does_not_answer_is_no_failure():
    notices = Notices("127.0.0.1:1")
    notices.say("urn:x", "x is missing")
    notices.say("urn:y", "y is missing")


def test_without_an_engine_nothing_is_said():
    Notices().say("urn:x", "x is missing")
