"""The samples as whole repositories: what each holds, and the platform that it stands on."""

from __future__ import annotations

import json
from pathlib import Path

from openchoreo.catalog.yaml_reader import Reader
from tests.differential.cases import samples

OWNERS = {"Component", "Project", "ReleaseBinding"}


def documents(folder: Path) -> list[dict]:
    """OpenChoreo's resources below a folder, in the order of the files."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return [
        document.value
        for file in files
        for document in Reader(file.read_bytes()).documents()
        if isinstance(document.value, dict)
        and str(document.value.get("apiVersion", "")).startswith("openchoreo.dev/")
        and "kind" in document.value
    ]


def merged(tree: str) -> list[dict]:
    """A tree with what it lacks from its platform folders, in every namespace that needs it."""
    root = samples()
    folders = json.loads((root / "expected" / "index.json").read_text())[tree]
    found = [one for folder in folders["inputs"] for one in documents(root / folder)]
    namespaces = {namespace(one) for one in found if one["kind"] in OWNERS}
    known = {key(one) for one in found}
    for folder in folders["platform"]:
        for one in documents(root / folder):
            for home in [""] if one["kind"].startswith("Cluster") else sorted(namespaces):
                metadata = {**one["metadata"], **({"namespace": home} if home else {})}
                placed = {**one, "metadata": metadata}
                if key(placed) not in known:
                    known.add(key(placed))
                    found.append(placed)
    return found


def namespace(document: dict) -> str:
    return document["metadata"].get("namespace", "default")


def key(document: dict) -> tuple[str, str, str]:
    scope = "" if document["kind"].startswith("Cluster") else namespace(document)
    return document["kind"], scope, document["metadata"]["name"]
