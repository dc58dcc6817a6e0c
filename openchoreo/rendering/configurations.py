"""`configurations`: the container's variables and files, settings apart from secrets."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import cast

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.model import SecretReference
from openchoreo.rendering.shapes import items, mapping, text
from openchoreo.rendering.workload import Setting

SecretReferences = Mapping[str, SecretReference]


def configurations_context(workload: Object, references: SecretReferences) -> Object:
    """Four lists in the workload's order.

    A secret whose SecretReference or key is not there is left out; `secret_problems` tells.
    """
    container = mapping(workload, "container")
    env = [_variable(entry, references) for entry in items(container, "env")]
    files = [_file(entry, references) for entry in items(container, "files")]
    return {
        "configs": {"envs": _settings(env), "files": _settings(files)},
        "secrets": {"envs": _secrets(env), "files": _secrets(files)},
    }


class MissingSecret(Struct, frozen=True):
    field: str
    index: int
    reference: str
    key: str


def missing_secrets(
    holder: Object, references: SecretReferences, left_out: Container[Setting] = ()
) -> Iterator[MissingSecret]:
    """Every secret of a container, or of the overrides of one, that cannot be found."""
    container = mapping(holder, "container")
    for field in ("env", "files"):
        for index, entry in enumerate(items(container, field)):
            wanted = _secret_key_ref(entry)
            if (field, text(entry, "key")) in left_out:
                continue
            if wanted and wanted.get("name") and _remote_ref(wanted, references) is None:
                yield MissingSecret(field, index, text(wanted, "name"), text(wanted, "key"))


def _variable(entry: Object, references: SecretReferences) -> tuple[Object, bool, bool]:
    """The item, whether it is a secret, and whether it can be had."""
    return _item({"name": text(entry, "key")}, entry, references)


def _file(entry: Object, references: SecretReferences) -> tuple[Object, bool, bool]:
    placed: Object = {"name": text(entry, "key"), "mountPath": text(entry, "mountPath")}
    return _item(placed, entry, references)


def _item(named: Object, entry: Object, references: SecretReferences) -> tuple[Object, bool, bool]:
    wanted = _secret_key_ref(entry)
    if wanted is None:
        return {**named, "value": text(entry, "value")}, False, True
    remote = _remote_ref(wanted, references)
    return {**named, "value": "", "remoteRef": remote}, True, remote is not None


def _settings(entries: list[tuple[Object, bool, bool]]) -> list[Document]:
    return [item for item, secret, _ in entries if not secret]


def _secrets(entries: list[tuple[Object, bool, bool]]) -> list[Document]:
    return [item for item, secret, found in entries if secret and found]


def _secret_key_ref(entry: Object) -> Object | None:
    return cast("Object | None", mapping(entry, "valueFrom").get("secretKeyRef"))


def _remote_ref(wanted: Object, references: SecretReferences) -> Object | None:
    """Where the first entry of the reference with the wanted key is kept outside."""
    reference = references.get(text(wanted, "name"))
    if reference is None:
        return None
    for entry in reference.spec.data:
        if entry.secret_key == wanted.get("key"):
            remote = entry.remote_ref.document()
            return {key: value for key, value in remote.items() if value}
    return None
