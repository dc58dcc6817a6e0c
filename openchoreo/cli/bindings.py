"""Bindings from a file, in any of the forms in which people have them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openchoreo.catalog import load, read_yaml
from openchoreo.config import PREFIX, parse_bindings
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import BindingValues, ReleaseBinding


def read_bindings(file: Path) -> Mapping[str, BindingValues]:
    """Component name -> binding.

    The file holds ReleaseBinding documents, a Pulumi.<stack>.yaml, or what stands there under
    openchoreo:bindings. Raises OpenChoreoError with every problem.
    """
    try:
        document = read_yaml(file.read_text("utf-8"), str(file))
    except OSError as error:
        message = error.strerror or str(error)
        raise OpenChoreoError(Problem(Stage.CONFIG, str(file), (), message)) from None
    if not isinstance(document, dict):
        return parse_bindings(document, file=str(file))
    if document.get("kind") == "ReleaseBinding":
        return _documents(file)
    return parse_bindings(_under_config(document), file=str(file))


def _documents(file: Path) -> dict[str, BindingValues]:
    bindings = load([file]).of_kind("ReleaseBinding")
    return {
        f"{one.namespace}/{one.spec.owner.component_name}": one.spec
        for one in bindings
        if isinstance(one, ReleaseBinding)
    }


def _under_config(document: dict[str, Document]) -> Document:
    config = document.get("config")
    if not isinstance(config, dict):
        return document
    return config.get(f"{PREFIX}bindings", {})
