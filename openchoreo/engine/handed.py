"""Outputs of Resources that the program gives: of a database or bucket that Pulumi makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import pulumi
from msgspec import Struct

from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.plan import HANDED, Handed
from openchoreo.rendering import Output


class SecretKey(Struct, frozen=True):
    """A key of a Secret in the namespace of the project, for an output that is a secretKeyRef."""

    name: pulumi.Input[str]
    key: pulumi.Input[str]


class ConfigMapKey(Struct, frozen=True):
    """A key of a ConfigMap in the namespace of the project, for one that is a configMapKeyRef."""

    name: pulumi.Input[str]
    key: pulumi.Input[str]


Value: TypeAlias = "pulumi.Input[str] | SecretKey | ConfigMapKey"

Resources: TypeAlias = "Mapping[str, Mapping[str, Value]]"
"""Resource, or namespace/Resource -> output -> what it is."""


def planned(resources: Resources) -> dict[str, dict[str, Handed]]:
    """What is known of them before anything runs.

    Raises OpenChoreoError for what is neither text nor a key.
    """
    problems: list[Problem] = []
    found: dict[str, dict[str, Handed]] = {}
    for resource, outputs in resources.items():
        for name, value in outputs.items():
            try:
                found.setdefault(resource, {})[name] = _planned(value)
            except TypeError as error:
                hint = "hand over text, an Output of text, SecretKey(...) or ConfigMapKey(...)"
                path = (resource, name)
                problems.append(Problem(Stage.RESOURCE, HANDED, path, str(error), hint))
    if problems:
        raise OpenChoreoError(*problems)
    return found


def _planned(value: object) -> Handed:
    kind = _kind(value)
    parts = _parts(value)
    if any(isinstance(part, pulumi.Output) for part in parts):
        return Handed(kind)
    return Handed(kind, _output(kind, [_text(part) for part in parts]))


def _kind(value: object) -> str:
    if isinstance(value, SecretKey):
        return "secretKeyRef"
    return "configMapKeyRef" if isinstance(value, ConfigMapKey) else "value"


def _parts(value: object) -> tuple[object, ...]:
    if isinstance(value, SecretKey | ConfigMapKey):
        return value.name, value.key
    return (value,)


def _output(kind: str, texts: list[str]) -> Output:
    if kind == "value":
        return Output(value=texts[0])
    return Output(source=kind, name=texts[0], key=texts[1])


def _text(part: object) -> str:
    if isinstance(part, str) or (isinstance(part, int) and not isinstance(part, bool)):
        return str(part)
    raise TypeError(f"it is {type(part).__name__}, and an output of a Resource is text")


async def awaited(resources: Resources, names: tuple[str, ...]) -> dict[str, Output]:
    """The outputs of one Resource, called by any of `names`, as far as Pulumi knows them by now.

    Raises OpenChoreoError for a secret that would be in a manifest, and for what is no text.
    """
    found: dict[str, Output] = {}
    problems: list[Problem] = []
    for resource in names:
        for name, value in resources.get(resource, {}).items():
            try:
                output = await _awaited(value)
            except TypeError as error:
                problems.append(_problem(resource, name, str(error)))
                continue
            except _SecretError:
                message = "it is a secret, which would be written into a manifest"
                hint = (
                    "put it into a secret store, let an ExternalSecret fetch it, and hand over "
                    "SecretKey(name, key) of the Secret that this makes"
                )
                problems.append(_problem(resource, name, message, hint))
                continue
            if output is not None:
                found[name] = output
    if problems:
        raise OpenChoreoError(*problems)
    return found


class _SecretError(Exception):
    """A value is secret."""


async def _awaited(value: object) -> Output | None:
    texts: list[str] = []
    for part in _parts(value):
        if isinstance(part, pulumi.Output):
            output = cast("pulumi.Output[Any]", part)
            if await output.is_secret():
                raise _SecretError
            if not await output.is_known():
                return None
            texts.append(_text(await output.future()))
        else:
            texts.append(_text(part))
    return _output(_kind(value), texts)


def _problem(resource: str, name: str, message: str, hint: str = "") -> Problem:
    return Problem(Stage.RESOURCE, HANDED, (resource, name), message, hint)
