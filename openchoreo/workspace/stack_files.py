"""Pulumi.<stack>.yaml, in which Pulumi keeps the config of a stack."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from openchoreo import config
from openchoreo.catalog import read_yaml, where_in
from openchoreo.delivery import COMPONENTS, PROJECTS, RESOURCES
from openchoreo.delivery.members import SET
from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Problem, Stage


def placed_in_stack_file(problems: Iterable[Problem], stack: str) -> list[Problem]:
    """Problems of stack config with the line of their key, where the stack has a file."""
    path = Path(config.file_of(stack))
    text = path.read_text("utf-8") if path.is_file() else ""
    return [
        problem.at(path.name, *where_in(text, ("config", *problem.path)))
        if config.is_in_config(problem)
        else problem
        for problem in problems
    ]


def pins_of(stack: str) -> list[str]:
    """The releases and the set that the config of another stack names; none where it cannot be read."""
    said = _config(stack)
    pins = (
        _mapping(bindings, name).get(words.pin)
        for words in (COMPONENTS, PROJECTS, RESOURCES)
        for bindings in (_mapping(said, words.config),)
        for name in bindings
    )
    return [pin for pin in (*pins, said.get(SET)) if isinstance(pin, str)]


def release_directories_of(stack: str) -> list[str]:
    """Where the config of a stack says that exported releases are."""
    said = _config(stack).get(f"{config.PREFIX}releases")
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def settings_of(stack: str) -> config.StackConfig:
    """What the file of a stack says, checked as a run checks it.

    Pulumi's own reading of values is not repeated. Raises OpenChoreoError with every problem, also
    where the file cannot be read.
    """
    path = Path(config.file_of(stack))
    said = _mapping(_document(path), "config") if path.is_file() else {}
    secret = [key for key, value in said.items() if _is_secret(value)]
    values = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in said.items()
    }
    return config.parse(values, stack=stack, secret_keys=secret)


def stacks_of_files() -> list[str]:
    """The stacks that have a file here, by the names of their files."""
    files = sorted(Path().glob(config.file_of("*")))
    return [one.name.removeprefix("Pulumi.").removesuffix(".yaml") for one in files]


def placed_settings_of(stack: str) -> config.StackConfig:
    """As `settings_of`, each problem with its place in the file."""
    try:
        return settings_of(stack)
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_stack_file(error.problems, stack)) from None


def _is_secret(value: Document) -> bool:
    """Whether Pulumi would decrypt any of it."""
    if isinstance(value, dict):
        return value.keys() == {"secure"} or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))


def environment_of(stack: str) -> str:
    """The environment of a stack: what its config says, or its name."""
    said = _config(stack).get(f"{config.PREFIX}environment")
    return said if isinstance(said, str) and said else stack


def _config(stack: str) -> Object:
    """Empty where the file cannot be read; whoever runs that stack is told why."""
    try:
        return _mapping(_document(Path(config.file_of(stack))), "config")
    except OpenChoreoError:
        return {}


def _document(path: Path) -> Document:
    try:
        return read_yaml(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(Stage.CONFIG, path.name, (), f"cannot be read: {error}")
        raise OpenChoreoError(problem.at(path.name, 0)) from None


def _mapping(document: Document, key: str) -> Object:
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, dict) else {}
