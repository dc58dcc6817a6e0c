"""One connection to an API server, from a kubeconfig's context.

The Kubernetes client of Python is used for logging in, which knows every way there is; documents
are plain JSON. It is imported when a cluster is first asked: runs that write files never need it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar, cast

from openchoreo.document import Document, Object
from openchoreo.errors import nearest

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 16
_TIMEOUT = (5, 30)  # seconds to connect, and to answer
_CHUNK = 64 * 1024
NOT_FOUND, FORBIDDEN = 404, 403
_UNAUTHORIZED = 401


class ClusterError(Exception):
    """A cluster cannot be asked, or does not answer. `status` is that of HTTP, 0 where there is none."""

    def __init__(self, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status


class Api:
    """Safe to use from several threads."""

    def __init__(self, client: Any, context: str) -> None:
        self._client = client
        self._context = context

    @property
    def server(self) -> str:
        return str(self._client.configuration.host)

    @property
    def context(self) -> str:
        return self._context

    def get(self, path: str) -> Object | None:
        """The document at `path`; None where there is none. Raises ClusterError."""
        status, text = self._call("GET", path, None)
        if status == NOT_FOUND:
            return None
        return self._document(status, text)

    def text(self, path: str) -> str:
        """What is at `path`, which is no document; empty where the server does not have it."""
        status, text = self._call("GET", path, None)
        return text if _good(status) else ""

    def post(self, path: str, body: Object) -> Object:
        """The answer to a question that is a document itself. Raises ClusterError."""
        status, text = self._call("POST", path, body)
        return self._document(status, text)

    @contextmanager
    def chunks(self, path: str, *, silence: float) -> Generator[Iterator[bytes]]:
        """What is at `path`, as it comes; `silence` is how many seconds may pass without any of it.

        Raises ClusterError, also while it is read.
        """
        headers = {"Accept": "application/json, */*"}
        answer = self._answer("GET", path, headers=headers, limit=silence, whole=False)
        try:
            if not _good(answer.status):
                self._document(answer.status, _text(answer.read()))
            yield self._read(answer)
        finally:
            answer.close()

    def _read(self, answer: Any) -> Iterator[bytes]:
        import urllib3  # noqa: PLC0415 - its import takes time

        try:
            yield from answer.stream(_CHUNK)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            message = f"the API server {self.server} has broken off: {_short(error)}"
            raise ClusterError(message) from None

    def _call(self, method: str, path: str, body: Object | None) -> tuple[int, str]:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        given = None if body is None else json.dumps(body)
        answer = self._answer(method, path, given, headers=headers, limit=_TIMEOUT[1])
        return answer.status, _text(answer.data)

    def _answer(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        headers: dict[str, str],
        limit: float,
        whole: bool = True,
    ) -> Any:
        import urllib3  # noqa: PLC0415 - its import takes time

        try:
            # What logs in: a token may have to be fetched or renewed by a program.
            self._client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
            return self._client.rest_client.pool_manager.request(
                method,
                f"{self.server}{path}",
                headers=headers,
                body=body,
                timeout=urllib3.Timeout(connect=_TIMEOUT[0], read=limit),
                retries=1,
                preload_content=whole,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unreachable(error) from None

    def _document(self, status: int, text: str) -> Object:
        try:
            found: Document = json.loads(text)
        except ValueError:
            found = {"message": text.strip()[:200]}
        body = found if isinstance(found, dict) else {}
        if _good(status):
            return body
        said = str(body.get("message", "")) or f"status {status}"
        if status == _UNAUTHORIZED:
            message = f"the API server {self.server} does not let you in: {said}"
            raise ClusterError(message, f"log in again for the context {self._context}", status)
        if status == FORBIDDEN:
            message = f"the API server {self.server} does not allow it: {said}"
            raise ClusterError(message, status=status)
        raise ClusterError(f"the API server {self.server} answers: {said}", status=status)

    def _unreachable(self, error: Exception) -> ClusterError:
        message = f"the API server {self.server} cannot be reached: {_short(error)}"
        hint = f"check the context {self._context}: kubectl --context {self._context} version"
        return ClusterError(message, hint)


def connect(kubeconfig: str, context: str) -> Api:
    """The API server of a context.

    `kubeconfig` is a path; empty for $KUBECONFIG, else ~/.kube/config. Nothing is asked yet.
    Raises ClusterError where there is no such file or context.
    """
    config: Any = import_module("kubernetes.config")  # takes its time
    # What goes wrong is told in our own words.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    file = kubeconfig or str(config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION)
    try:
        client = config.new_client_from_config(config_file=file, context=context)
    except Exception as error:  # noqa: BLE001 - YAML, files, and a login program of the user's
        raise _unusable(config, file, context, error) from None
    return Api(client, context)


def _short(error: Exception) -> str:
    reason = str(getattr(error, "reason", None) or error)
    return reason.rpartition(": ")[2].strip() or type(error).__name__


def _good(status: int) -> bool:
    return status < 400  # noqa: PLR2004 - HTTP


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _unusable(config: Any, file: str, context: str, error: Exception) -> ClusterError:
    try:
        contexts, _ = config.list_kube_config_contexts(config_file=file)
    except Exception as reason:  # noqa: BLE001 - the library lets through whatever YAML and files raise
        # A file need not say which context is used where none is named.
        if "current-context" not in str(reason):
            message = f"no kubeconfig can be read from {file}: {str(reason).partition(chr(10))[0]}"
            return ClusterError(
                message, "write kubeconfig: <path> beside context, or set KUBECONFIG"
            )
        known = [context]
    else:
        known = [str(one["name"]) for one in contexts]
    if context not in known:
        return ClusterError(f"{file} has no context {context}", nearest(context, known))
    message = f"context {context} of {file} cannot be used: {error}"
    return ClusterError(message, "kubectl config view shows what it says")


def all_of(action: Callable[[T], R], given: Iterable[T]) -> list[R]:
    """Several questions at once; the answers are in the order of the questions."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(action, given))


def items(listed: Object | None) -> list[Object]:
    found = (listed or {}).get("items")
    return cast("list[Object]", found) if isinstance(found, list) else []
