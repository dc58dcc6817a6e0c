"""Manifests as text and as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.provider.yaml_text import yaml_text


def as_yaml(manifests: Iterable[Object]) -> str:
    """A stream of documents, as `kubectl apply -f -` reads it."""
    return "---\n".join(yaml_text(manifest) for manifest in manifests)


def write_files(directory: Path, files: Mapping[str, str]) -> None:
    """Raises OpenChoreoError where a file cannot be written."""
    for name, content in files.items():
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        except OSError as error:
            message = f"cannot be written: {error.strerror or error}"
            raise OpenChoreoError(Problem(Stage.RENDER, str(path), (), message)) from None
