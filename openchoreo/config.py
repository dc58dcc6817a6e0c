"""Stack config: what `Pulumi.<stack>.yaml` says under `openchoreo:`, as one typed value.

Field names are OpenChoreo's. Everything is checked here, together, before anything else
happens; nothing downstream looks at raw config again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from openchoreo.document import Document, Object
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage, nearest

NAMESPACE = "openchoreo"
"""The config namespace; the Pulumi project may have any name."""

WARN_BYTES = 64 * 1024
LIMIT_BYTES = 120 * 1024
"""Pulumi hands the whole config to a program in one environment variable, which Linux
limits to 128 KiB; a run is refused a little below, while that can still be explained."""

_TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \w+$")


def _as_written(value: object) -> object:
    """The text a person wrote, where Pulumi's YAML reader made a number or boolean of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and _TIMESTAMP.match(value):
        message = f"Pulumi read this as a point in time ({value}); write it in quotes"
        raise ValueError(message)
    return value


Text = Annotated[str, BeforeValidator(_as_written)]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class SecretKeyRef(_Part):
    """A key of a SecretReference."""

    name: Text
    key: Text


class ValueFrom(_Part):
    """Where a value comes from, instead of standing here."""

    secret_key_ref: SecretKeyRef


class EnvVar(_Part):
    """An environment variable of the container; replaces the workload's one of the same key."""

    key: Text
    value: Text | None = None
    value_from: ValueFrom | None = None


class FileVar(_Part):
    """A file of the container; replaces the workload's one of the same key."""

    key: Text
    mount_path: Text
    value: Text | None = None
    value_from: ValueFrom | None = None


class ContainerOverrides(_Part):
    """What an environment changes in the container."""

    env: tuple[EnvVar, ...] = ()
    files: tuple[FileVar, ...] = ()


class WorkloadOverrides(_Part):
    """What an environment changes in the workload."""

    container: ContainerOverrides = ContainerOverrides()


class BindingConfig(_Part):
    """The part of a ReleaseBinding's spec that an environment decides."""

    release_name: Text | None = None
    state: Literal["Active", "Undeploy"] | None = None
    hold: bool = False
    component_type_environment_configs: dict[str, Any] = Field(default_factory=dict)
    trait_environment_configs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    workload_overrides: WorkloadOverrides = WorkloadOverrides()

    def overrides(self) -> Object:
        """The override fields as a ReleaseBinding spec has them; what is not said is absent."""
        return cast(
            "Object",
            self.model_dump(
                by_alias=True,
                exclude_unset=True,
                exclude={"release_name", "state", "hold"},
            ),
        )


class FilesTarget(_Part):
    """Manifests as files below `directory`, relative to the Pulumi project.

    Written as `files` where the default directory is right, else as `{directory: ...}`.
    """

    directory: Text = ""


def _target(value: object) -> object:
    if value == "files":
        return {}
    if isinstance(value, str):
        message = f"{value!r} is no target; write files, or {{directory: <folder>}}"
        raise ValueError(message)
    return value


Target = Annotated[FilesTarget, BeforeValidator(_target)]


class StackConfig(_Part):
    """All of `openchoreo:` in one stack's config."""

    environment: Text
    definitions: tuple[Text, ...] = ("definitions",)
    namespaces: tuple[Text, ...] = ()
    projects: tuple[Text, ...] = ()
    bindings: dict[str, BindingConfig] = Field(default_factory=dict)
    data_planes: dict[str, Target] = Field(default_factory=dict)
    removed: tuple[Text, ...] = ()
    releases: tuple[Text, ...] = ()


def parse(
    raw: Mapping[str, str], *, stack: str, secret_keys: Iterable[str] = (), file: str = ""
) -> StackConfig:
    """The typed config of `stack` from what Pulumi hands to the program.

    `raw` maps full keys ("openchoreo:bindings") to text, JSON for structured values. Keys of
    other namespaces are not looked at. Raises OpenChoreoError with every problem.
    """
    where = file or f"Pulumi.{stack}.yaml"
    problems = [*_too_large(raw, where), *_secrets(secret_keys, where)]
    values = {"environment": stack, **_ours(raw)}
    try:
        config = StackConfig.model_validate(values)
    except ValidationError as error:
        problems += [_problem(details, where) for details in error.errors()]
        raise OpenChoreoError(*problems) from None
    if problems:
        raise OpenChoreoError(*problems)
    return config


def size_warning(raw: Mapping[str, str]) -> str:
    """A sentence where the config is past half of what the engine can hand over, else ""."""
    size = _size(raw)
    if size <= WARN_BYTES:
        return ""
    return (
        f"the stack config has {size // 1024} KiB, and at {LIMIT_BYTES // 1024} KiB no program can "
        "be started with it: move overrides into ReleaseBinding documents"
    )


def _ours(raw: Mapping[str, str]) -> dict[str, Document]:
    prefix = f"{NAMESPACE}:"
    return {
        key.removeprefix(prefix): _structured(value)
        for key, value in raw.items()
        if key.startswith(prefix)
    }


def _structured(text: str) -> Document:
    """Lists and maps arrive as JSON, everything else as its own text."""
    if text[:1] in "[{":
        try:
            return cast("Document", json.loads(text))
        except ValueError:
            return text
    return text


def _size(raw: Mapping[str, str]) -> int:
    return len(json.dumps(dict(raw)).encode())


def _too_large(raw: Mapping[str, str], file: str) -> list[Problem]:
    size = _size(raw)
    if size <= LIMIT_BYTES:
        return []
    return [
        Problem(
            Stage.CONFIG,
            "stack config",
            (),
            f"it has {size // 1024} KiB; above {LIMIT_BYTES // 1024} KiB a program cannot be "
            "started with it",
            "move overrides into ReleaseBinding documents in the definitions",
            file,
        )
    ]


def _secrets(keys: Iterable[str], file: str) -> list[Problem]:
    return [
        Problem(
            Stage.CONFIG,
            "stack config",
            (key,),
            "it is a secret value, and nothing under openchoreo: may hold one",
            "write a SecretReference in the definitions and name it under "
            "workloadOverrides.container.env[].valueFrom.secretKeyRef",
            file,
        )
        for key in sorted(keys)
        if key.startswith(f"{NAMESPACE}:")
    ]


def _problem(details: Any, file: str) -> Problem:
    path = _config_path(details["loc"])
    message, hint = _explain(details, path)
    return Problem(Stage.CONFIG, "stack config", path, message, hint, file)


def _config_path(location: tuple[int | str, ...]) -> Path:
    """pydantic's location, its first step written as the config key that it is."""
    return (f"{NAMESPACE}:{location[0]}", *location[1:]) if location else ()


def _explain(details: Any, path: Path) -> tuple[str, str]:
    kind, written = details["type"], details["input"]
    if kind == "extra_forbidden":
        key = str(path[-1]).removeprefix(f"{NAMESPACE}:")
        return f"unknown key {key!r}", nearest(key, _known_keys(path))
    if kind == "missing":
        return "this field is required", ""
    if kind == "value_error":
        return str(details["ctx"]["error"]), ""
    if kind == "literal_error":
        return f"{written!r} is not allowed here", f"allowed: {details['ctx']['expected']}"
    expected = _EXPECTED.get(kind, details["msg"])
    return f"{_shown(written)}: {expected}", ""


_EXPECTED = {
    "string_type": "text is expected here",
    "tuple_type": "a list is expected here",
    "dict_type": "a map is expected here",
    "model_type": "a map is expected here",
    "bool_parsing": "true or false is expected here",
}


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 a line of a message


_MODELS: tuple[tuple[re.Pattern[str], type[BaseModel]], ...] = (
    (re.compile(r"^bindings/[^/]+$"), BindingConfig),
    (re.compile(r"^bindings/[^/]+/workloadOverrides$"), WorkloadOverrides),
    (re.compile(r"^bindings/[^/]+/workloadOverrides/container$"), ContainerOverrides),
    (re.compile(r"^bindings/[^/]+/workloadOverrides/container/env/\d+$"), EnvVar),
    (re.compile(r"^bindings/[^/]+/workloadOverrides/container/files/\d+$"), FileVar),
    (re.compile(r".*/valueFrom$"), ValueFrom),
    (re.compile(r".*/secretKeyRef$"), SecretKeyRef),
    (re.compile(r"^dataPlanes/[^/]+$"), FilesTarget),
    (re.compile(r"^$"), StackConfig),
)


def _known_keys(path: Path) -> list[str]:
    """The keys allowed beside the last step of `path`."""
    parent = "/".join(str(step).removeprefix(f"{NAMESPACE}:") for step in path[:-1])
    for pattern, model in _MODELS:
        if pattern.match(parent):
            return [field.alias or name for name, field in model.model_fields.items()]
    return []
