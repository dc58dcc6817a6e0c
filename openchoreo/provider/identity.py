"""Which Kubernetes object a manifest is, and the one file that belongs to it.

Kubernetes tells objects apart by group, kind, namespace and name, not by version, so the file
name holds those four. Names are portable: lower case, at most 127 characters, no character and
no device name that a file system refuses or folds. Whatever cannot be said that way keeps its
readable part and gets a digest of the exact text, so two objects never share a file.
"""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from openchoreo.document import Document, Object

CLUSTER_FOLDER = "_cluster"
"""Where objects without a namespace live; no folder of a namespace can have this name."""

_LONGEST = 120  # of a file name before ".yaml"; leaves room for long target directories on Windows
_DIGEST = 16  # hex digits
_UNSAFE = re.compile(r"[^a-z0-9.-]+")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789"}
)
"""Names Windows gives to devices, with any extension."""

_FOLDER = re.compile(r"[a-z0-9_-]+")
_FILE = re.compile(r"[a-z0-9-][a-z0-9._-]*\.yaml")


class Identity(Struct, frozen=True):
    """What makes two manifests the same object to Kubernetes."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def file(self) -> str:
        """The file of this object, relative to the target directory, with `/`.

        >>> Identity("apps", "Deployment", "shop", "cart").file
        'shop/deployment.apps_cart.yaml'
        """
        folder = _portable(self.namespace) if self.namespace else CLUSTER_FOLDER
        kind = f"{self.kind.lower()}.{self.group}" if self.group else self.kind.lower()
        return f"{folder}/{_file_name(kind, self.name)}.yaml"

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {where}"


def identity_of(manifest: Object) -> Identity | None:
    """The identity, or None where a field it needs is missing or is not a text."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return None
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    name, namespace = metadata.get("name"), metadata.get("namespace", "")
    if not (_text(version) and _text(kind) and _text(name) and isinstance(namespace, str)):
        return None
    return Identity(group_of(str(version)), str(kind), namespace, str(name))


def group_of(api_version: str) -> str:
    """apps/v1 -> apps; v1, the core group, -> the empty text."""
    return api_version.rpartition("/")[0]


def token_of(api_version: str, kind: str) -> str:
    """The type token of a resource, without the package: apps/v1:Deployment, core/v1:Service."""
    return f"{api_version if '/' in api_version else f'core/{api_version}'}:{kind}"


def is_file_of_ours(file: str) -> bool:
    """Whether a recorded id can be one of our files: one folder, one portable file name.

    Ids come back from the state, which anyone who can write it can change, so they are looked at
    before they lead to a file.
    """
    folder, slash, name = file.partition("/")
    return bool(slash and _FOLDER.fullmatch(folder) and _FILE.fullmatch(name))


def _file_name(kind: str, name: str) -> str:
    """`<kind>.<group>_<name>`: kinds, groups and names that Kubernetes allows hold no underscore."""
    exact = f"{kind}_{name}"
    if not _UNSAFE.search(kind + name) and len(exact) <= _LONGEST and not _is_device(exact):
        return exact
    readable = f"{_UNSAFE.sub('-', kind)}_{_UNSAFE.sub('-', name.lower())}"
    return _with_digest(readable.replace(".", "-") if _is_device(readable) else readable, exact)


def _portable(namespace: str) -> str:
    plain = not _UNSAFE.search(namespace) and "." not in namespace
    if plain and len(namespace) <= _LONGEST and not _is_device(namespace):
        return namespace
    return _with_digest(_UNSAFE.sub("-", namespace.lower()).replace(".", "-"), namespace)


def _with_digest(readable: str, exact: str) -> str:
    """Two underscores, so that no name that is used as it is can look like this one."""
    digest = hashlib.sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{readable[: _LONGEST - _DIGEST - 2]}__{digest}"


def _is_device(name: str) -> bool:
    return name.partition(".")[0] in _DEVICES


def _text(value: Document) -> bool:
    return isinstance(value, str) and value != ""
