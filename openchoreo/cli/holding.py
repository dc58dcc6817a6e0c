"""Where else the document of a release may be, after a stack has let go of it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from openchoreo.cli import pulumi
from openchoreo.cli.stacks import full_names, read_stack
from openchoreo.delivery import load_store
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError

_NOT_LOOKED_INTO = frozenset({"node_modules", "__pycache__"})


class Holder(Struct, frozen=True):
    """Who holds it, and what to do about it."""

    where: str
    way: str


def stacks_with(digest: str, name: str, own: str) -> Iterator[Holder]:
    """The other stacks of this Pulumi project that keep a release."""
    for stack in full_names():
        if stack == own:
            continue
        found = read_stack(stack)
        try:
            held = bool(found.releases) and digest in load_store(found.releases, source=stack)
        except OpenChoreoError:
            yield Holder(f"stack {stack}", "its releases cannot be read; look yourself")
            continue
        if held:
            way = f"openchoreo releases redact {name} --stack {found.short}"
            yield Holder(f"stack {stack}", way)


def releases_with(shared: Iterable[tuple[str, list[str]]], own: str) -> Iterator[Holder]:
    """Other releases of the stack with types and traits of this one."""
    for part, releases in shared:
        way = f"is part of {', '.join(releases)} as well; redact them too, if it stood there"
        yield Holder(f"stack {own}, {part}", way)


def files_with(digests: Collection[str]) -> Iterator[Holder]:
    """Exported ledgers and releases below this folder that hold one of these documents or parts."""
    for path in _json_files(Path()):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if any(digest in text for digest in digests) and _holds(text, digests):
            yield Holder(str(path), "remove it, or export it again")


def elsewhere(stack: str) -> list[Holder]:
    """What this program cannot look into."""
    _, project, short = stack.split("/")
    url = str(pulumi.ask("whoami", "--verbose").get("url", ""))
    return [
        Holder(
            f"older versions of the state in {url or 'the backend'}",
            _of_backend(url, f"{project}/{short}"),
        ),
        Holder(
            "git",
            "commits with the definitions, with exported files, or with rendered manifests",
        ),
        Holder("clusters", "older ReplicaSets and ConfigMaps, and backups of etcd"),
        Holder("whoever has read it", "so change the credential itself, now"),
    ]


def _of_backend(url: str, stack: str) -> str:
    if url.startswith("file://"):
        return f"history, backups and .bak files of {stack} below .pulumi"
    if url.startswith("http"):
        return f"pulumi stack history --stack {stack.rpartition('/')[2]}; ask who runs the service"
    return f"history and backups of {stack} below .pulumi, and versions that the bucket keeps"


def _json_files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            one for one in folders if one not in _NOT_LOOKED_INTO and not one.startswith(".")
        )
        yield from (Path(folder, one) for one in sorted(files) if one.endswith(".json"))


def _holds(text: str, digests: Collection[str]) -> bool:
    """A store of releases, or an exported ledger with one; evidence alone names a digest as well."""
    try:
        document: Document = json.loads(text)
    except ValueError:
        return False
    if not isinstance(document, dict):
        return False
    for store in (document, document.get("releases")):
        for key in ("releases", "parts"):
            kept = store.get(key) if isinstance(store, dict) else None
            if isinstance(kept, dict) and not kept.keys().isdisjoint(digests):
                return True
    return False
