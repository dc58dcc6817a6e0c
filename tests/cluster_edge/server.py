"""An API server that knows pods, what their containers write, and a few lists; over HTTP."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PATIENCE = 20.0  # seconds
NOON = "2026-11-25T12:00:{:02d}.{:09d}Z"


def at(second: int, nano: int = 0) -> str:
    return NOON.format(second, nano)


@dataclass
class Log:
    """What one container writes. A reader that follows stays until it has `ended`."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    previous: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = True
    breaks: list[int] = field(default_factory=list)
    """After how many lines connections break, one after the other."""
    status: tuple[int, str] = (0, "")
    """What is answered instead of lines."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def write(self, time: str, text: str) -> None:
        with self.changed:
            self.lines.append((time, text))
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def after(self, known: int) -> list[tuple[str, str]]:
        """What comes after so many lines, once something does; nothing at its end."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or len(self.lines) > known, PATIENCE)
            return self.lines[known:]

    def chosen(self, asked: dict[str, str]) -> list[tuple[str, str]]:
        """As a kubelet does it; `sinceTime` counts in whole seconds."""
        every = self.previous if asked.get("previous") else self.lines
        since = asked.get("sinceTime", "")[:19]
        found = [one for one in every if one[0][:19] >= since]
        tail = asked.get("tailLines")
        return found if tail is None else found[len(found) - min(int(tail), len(found)) :]


class FakeCluster:
    """`lists` are those of a namespace by resource, `objects` single ones by their path."""

    def __init__(self) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, Log] = {}
        self.denied: set[str] = set()
        self.asked: list[str] = []
        self.url = ""

    def log(self, pod: str, container: str = "main", **more: Any) -> Log:
        return self.logs.setdefault(f"{pod}/{container}", Log(**more))

    def asked_for(self, part: str) -> list[str]:
        return [one for one in self.asked if part in one]

    def wait_for(self, part: str) -> None:
        """Until something is asked for."""
        limit = time.monotonic() + PATIENCE
        while not self.asked_for(part):
            assert time.monotonic() < limit, self.asked
            time.sleep(0.01)

    @contextmanager
    def served(self) -> Iterator[FakeCluster]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # readers may leave before the end
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def kubeconfig(self) -> str:
        document = {
            "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "current-context": "test",
        }
        return json.dumps(document)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                fake.asked.append(self.path)
                parts = urlsplit(self.path)
                asked = dict(parse_qsl(parts.query))
                found = re.fullmatch(r"/api/v1/namespaces/([^/]+)/pods/([^/]+)/log", parts.path)
                if found:
                    self.log_of(found[2], asked)
                else:
                    self.document(*fake.answer(parts.path, asked))

            def document(self, status: int, body: dict[str, Any]) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_of(self, pod: str, asked: dict[str, str]) -> None:
                log = fake.logs.get(f"{pod}/{asked['container']}")
                if "pods/log" in fake.denied:
                    self.document(403, {"message": f'pods "{pod}" is forbidden'})
                elif log is None:
                    self.document(404, {"message": f'pods "{pod}" not found'})
                elif log.status[0]:
                    self.document(log.status[0], {"message": log.status[1]})
                else:
                    self.lines_of(log, asked)

            def lines_of(self, log: Log, asked: dict[str, str]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                limit = log.breaks.pop(0) if log.breaks else None
                for count, (moment, text) in enumerate(self.waited_for(log, asked)):
                    if count == limit:
                        self.close_connection = True
                        return
                    self.chunk(f"{moment} {text}\n".encode())
                self.chunk(b"")

            def chunk(self, data: bytes) -> None:
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

            def waited_for(self, log: Log, asked: dict[str, str]) -> Iterator[tuple[str, str]]:
                with log.changed:
                    known, given = len(log.lines), log.chosen(asked)
                yield from given
                while asked.get("follow"):
                    new = log.after(known)
                    known += len(new)
                    yield from new
                    if not new:
                        return

        return Handler

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        resource = path.rpartition("/")[2]
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        named = f"{resource}.{group}" if group else resource
        if named in self.denied:
            return 403, {"message": f"{named} is forbidden"}
        if path in self.objects:
            return 200, self.objects[path]
        if re.search(r"/namespaces/[^/]+/[^/]+$", path):
            items = [one for one in self.lists.get(named, ()) if chosen(one, asked)]
            return 200, {"items": items}
        return 404, {"message": "not found"}


def chosen(document: dict[str, Any], asked: dict[str, str]) -> bool:
    metadata = document["metadata"]
    labels = metadata.get("labels", {})
    fields = [term.split("=") for term in asked.get("fieldSelector", "").split(",") if term]
    if any(key == "metadata.name" and value != metadata["name"] for key, value in fields):
        return False
    selector = asked.get("labelSelector", "")
    within = re.fullmatch(r"(\S+) in \((.*)\)", selector)
    if within:
        return labels.get(within[1]) in within[2].split(",")
    terms = [term.split("=") for term in selector.split(",") if term]
    return all(labels.get(key) == value for key, value in terms)


def pod(name: str, *states: dict[str, Any], labels: dict[str, str], **more: Any) -> dict[str, Any]:
    """Its containers are those of the states, see `running`; `init` are states of initial ones."""
    init = more.pop("init", [])
    spec = {
        "containers": [{"name": one["name"]} for one in states],
        "initContainers": [{"name": one["name"]} for one in init],
    }
    status = {
        "phase": "Running",
        "containerStatuses": [one for one in states if "state" in one],
        "initContainerStatuses": init,
        **more.pop("status", {}),
    }
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-of-{name}", "labels": labels}
    return {"metadata": {**metadata, **more}, "spec": spec, "status": status}


def running(name: str = "main", **more: Any) -> dict[str, Any]:
    return _state(name, {"running": {}}, **more)


def ended(name: str = "main", **more: Any) -> dict[str, Any]:
    return _state(name, {"terminated": {"exitCode": 0}}, **more)


def waiting(reason: str, name: str = "main", message: str = "", **more: Any) -> dict[str, Any]:
    return _state(name, {"waiting": {"reason": reason, "message": message}}, **more)


def _state(name: str, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "image": "app:1",
        "containerID": "c1",
        "restartCount": 0,
        "state": state,
        **more,
    }
