"""The process: prints its port, and answers until the engine is done or gone."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tests.cluster.double.servicer import Double

THREADS = 64  # each may wait for a rollout
LARGEST = 400 * 1024 * 1024

parent = os.getppid()
done = threading.Event()
for each in (signal.SIGINT, signal.SIGTERM):
    signal.signal(each, lambda *_: done.set())
double = Double()
server = grpc.server(
    ThreadPoolExecutor(THREADS),
    options=[
        ("grpc.max_receive_message_length", LARGEST),
        ("grpc.max_send_message_length", LARGEST),
    ],
)
provider_pb2_grpc.add_ResourceProviderServicer_to_server(double, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
sys.stdout.write(f"{port}\n")
sys.stdout.flush()
while not done.wait(1.0) and os.getppid() == parent:
    pass
double.cancelled.set()
server.stop(1.0).wait()
os._exit(0)  # nothing waits for a rollout any more
