"""Requests to a Kubernetes API server, with nothing but Python's own library."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.console import GiveUp

TIMEOUT = 30.0  # seconds
APPLY = "application/apply-patch+yaml"
UNREACHABLE = (OSError, http.client.HTTPException)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json

    @property
    def good(self) -> bool:
        return self.status < http.client.BAD_REQUEST

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


class Api:
    """One connection that is kept open: a handshake for each request would cost more than it."""

    def __init__(self, server: str, context: ssl.SSLContext | None, token: str = "") -> None:
        self.server = server
        place = urlsplit(server)
        host = place.netloc
        self._connection = (
            http.client.HTTPSConnection(host, timeout=TIMEOUT, context=context)
            if place.scheme == "https"
            else http.client.HTTPConnection(host, timeout=TIMEOUT)
        )
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, accept: str = "application/json") -> Answer:
        return self.request("GET", path, accept=accept)

    def create(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self.request("POST", path, body=body)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: str = "application/json",
        accept: str = "application/json",
    ) -> Answer:
        headers = {**self._headers, "Accept": accept, "Content-Type": content}
        text = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, text, headers)
            response = self._connection.getresponse()
            read = response.read().decode()
        except UNREACHABLE:
            self._connection.close()  # so that the next request opens another one
            raise
        return Answer(response.status, parsed(read))


def parsed(text: str) -> Json:
    """Documents as they are; `/readyz` and its like answer in words."""
    try:
        return json.loads(text)
    except ValueError:
        return {"message": text}


def connect(kubeconfig: Mapping[str, Any]) -> Api:
    """The server of the current context."""
    try:
        context = named(kubeconfig, "contexts", "context", kubeconfig["current-context"])
        cluster = named(kubeconfig, "clusters", "cluster", context["cluster"])
        user = named(kubeconfig, "users", "user", context["user"])
        server = str(cluster["server"])
    except KeyError as missing:
        raise GiveUp(f"the kubeconfig has no {missing}") from missing
    if "exec" in user or "auth-provider" in user:
        raise GiveUp("the kubeconfig's user logs in with a program: use a token or a certificate")
    return Api(server, trust(cluster, user), user.get("token", ""))


def named(kubeconfig: Mapping[str, Any], kind: str, inner: str, name: str) -> Json:
    for each in kubeconfig[kind]:
        if each["name"] == name:
            return each[inner]
    raise KeyError(f"{inner} {name}")


def trust(cluster: Json, user: Json) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Python 3.13 asks for an extension that Kubernetes' self-made certificates do not have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with ExitStack() as files:
        if authority := as_file(files, cluster, "certificate-authority"):
            context.load_verify_locations(authority)
        if certificate := as_file(files, user, "client-certificate"):
            context.load_cert_chain(certificate, as_file(files, user, "client-key"))
    return context


def as_file(files: ExitStack, holder: Json, key: str) -> str | None:
    """A kubeconfig holds either a path or the content; the ssl module takes paths only."""
    content = holder.get(f"{key}-data")
    if not content:
        return holder.get(key)
    folder = files.enter_context(tempfile.TemporaryDirectory())
    path = Path(folder, key)
    path.touch(mode=0o600)
    path.write_bytes(base64.b64decode(content))
    return str(path)
