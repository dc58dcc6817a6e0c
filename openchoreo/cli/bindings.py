"""Bindings from a file, in any of the forms in which people have them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openchoreo.catalog import load, read_yaml
from openchoreo.config import PREFIX, parse_bindings
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.model import BindingValues, ReleaseBinding

_OF_PULUMI = frozenset(
    {"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}
)
"""What stands at the top of a Pulumi.<stack>.yaml."""


def read_bindings(file: Path, environment: str) -> Mapping[str, BindingValues]:
    """Component name -> binding.

    The file holds ReleaseBinding documents, of which those of the environment count, a
    Pulumi.<stack>.yaml, or what stands there under openchoreo:bindings. Raises
    OpenChoreoError with every problem.
    """
    document = read_yaml(_text(file), str(file))
    if isinstance(document, dict) and isinstance(document.get("kind"), str):
        return _documents(file, environment)
    if isinstance(document, dict) and document.keys() <= _OF_PULUMI:
        document = _under_config(document)
    return parse_bindings(document if document is not None else {}, file=str(file))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(file, "is not UTF-8 text") from None


def _unreadable(file: Path, message: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.CONFIG, str(file), (), message))


def _documents(file: Path, environment: str) -> dict[str, BindingValues]:
    found: dict[str, BindingValues] = {}
    for one in load([file]).of_kind("ReleaseBinding"):
        assert isinstance(one, ReleaseBinding)
        key = f"{one.namespace}/{one.spec.owner.component_name}"
        if one.spec.environment != environment:
            continue
        if key in found:
            message = f"binds {key} to {environment}, and so does another one"
            problem = Problem(Stage.BINDING, str(one), ("spec",), message, "remove one of the two")
            raise OpenChoreoError(problem.at(str(file), 0))
        found[key] = one.spec
    return found


def _under_config(document: dict[str, Document]) -> Document:
    config = document.get("config")
    return config.get(f"{PREFIX}bindings", {}) if isinstance(config, dict) else {}
