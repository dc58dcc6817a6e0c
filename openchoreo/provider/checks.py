"""What a manifest must be before it becomes a file. Pure: the engine's answers are made elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openchoreo.document import Document, Object
from openchoreo.errors import format_path
from openchoreo.provider.identity import token_of
from openchoreo.provider.structs import UNKNOWN, Properties

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_VERSION = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*/)?[a-z][a-z0-9]*")
_NAMESPACE = re.compile(_LABEL)
_LONGEST_NAME = 253

_WAY_OUT = (
    "write an OpenChoreo SecretReference, which names the key in the secret store;"
    " the cluster then fetches the value itself"
)


def problems_of_manifest(properties: Properties, token: str) -> tuple[str, ...]:
    """Every reason not to write this manifest; `token` is the resource's, without the package."""
    return (
        *_values(properties),
        *_identity(properties.document),
        *_token(properties.document, token),
        *_secret_data(properties.document),
    )


def _values(properties: Properties) -> Iterator[str]:
    for marked in properties.marked:
        where = format_path(marked.path) or "the manifest"
        if marked.what == "a secret":
            yield f"{where} is a secret, and files are read by everyone; {_WAY_OUT}"
        else:
            yield f"{where} is {marked.what}; a manifest holds plain data only"


def _identity(manifest: Object) -> Iterator[str]:
    yield from _matching("apiVersion", manifest.get("apiVersion"), _VERSION, "apps/v1 or v1")
    yield from _matching("kind", manifest.get("kind"), _KIND, "Deployment")
    metadata = manifest.get("metadata")
    if metadata == UNKNOWN:
        return
    if not isinstance(metadata, dict):
        yield "metadata is missing: a manifest needs metadata.name"
        return
    yield from _name(metadata)
    if "namespace" in metadata:
        namespace = metadata["namespace"]
        yield from _matching(
            "metadata.namespace", namespace, _NAMESPACE, "a DNS label such as shop"
        )


def _matching(field: str, value: Document, pattern: re.Pattern[str], example: str) -> Iterator[str]:
    if value is None:
        yield f"{field} is missing: write {_such(example)}"
    elif not isinstance(value, str):
        yield f"{field}: {value!r} is not a text: write {_such(example)}"
    elif value != UNKNOWN and not pattern.fullmatch(value):
        yield f"{field}: {value!r} is not allowed by Kubernetes: write {_such(example)}"


def _such(example: str) -> str:
    return example if " such as " in example else f"something like {example}"


def _name(metadata: Object) -> Iterator[str]:
    """The rule for names that become part of an address in the Kubernetes API (path segments)."""
    name = metadata.get("name")
    if name is None:
        hint = ", since generateName has no meaning for files" if "generateName" in metadata else ""
        yield f"metadata.name is missing{hint}"
    elif not isinstance(name, str):
        yield f"metadata.name: {name!r} is not a text"
    elif not name or name in {".", ".."} or re.search("[/%]", name) or len(name) > _LONGEST_NAME:
        yield (
            f"metadata.name: {name!r} is not allowed by Kubernetes:"
            f" 1 to {_LONGEST_NAME} characters without / and %, not . or .."
        )


def _token(manifest: Object, token: str) -> Iterator[str]:
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or UNKNOWN in {version, kind}:
        return
    expected = token_of(version, kind)
    if token != expected:
        yield f"the resource is registered as {token}, but its manifest is {expected}"


def _secret_data(manifest: Object) -> Iterator[str]:
    if manifest.get("kind") != "Secret" or manifest.get("apiVersion") != "v1":
        return
    for field in ("data", "stringData"):
        if manifest.get(field):
            yield f"a Secret with {field} would put secrets into files; {_WAY_OUT}"
