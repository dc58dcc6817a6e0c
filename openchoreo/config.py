"""Stack config: what `Pulumi.<stack>.yaml` says under `openchoreo:`, as one typed value.

Field names are OpenChoreo's. Everything is checked here, together, before anything else
happens; nothing downstream looks at raw config again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, cast

from msgspec.structs import replace
from pydantic import BeforeValidator, Field, model_validator
from pydantic.alias_generators import to_camel

from openchoreo.document import DIGEST, Document, Object
from openchoreo.errors import Collector, Path, Problem, Stage
from openchoreo.model import (
    BindingValues,
    Model,
    ProjectBindingValues,
    ResourceBindingValues,
    read,
)
from openchoreo.model.base import Items, refuse
from openchoreo.model.gate_rules import GateRules

PREFIX = "openchoreo:"
"""The config namespace; the Pulumi project itself may have any name."""

ADOPT_ONCE = "OPENCHOREO_ADOPT"
"""A variable of the environment: `true` is openchoreo:adopt for one run, without writing it."""

LIMIT_BYTES = 128 * 1024
LIMIT_BYTES_ON_WINDOWS = 32 * 1024
"""Pulumi hands the whole config to a program in one environment variable, and this is what the
operating system has room for in one; a run is refused a little below, while that can still be
explained."""

_SUBJECT = "stack config"
_TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+$")


def _as_written(value: Document, path: Path = ()) -> Document:
    """Text where Pulumi's YAML reader made a number or a boolean of it, at any depth."""
    if isinstance(value, dict):
        return {key: _as_written(entry, (*path, key)) for key, entry in value.items()}
    if isinstance(value, list):
        return [_as_written(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and _TIMESTAMP.match(value):
        message = f"Pulumi read this as a point in time, {value}"
        raise refuse(message, path=path, hint="write it in quotes")
    return value


TEXT_FIELDS = frozenset({"releaseName", "projectRelease", "resourceRelease", "workloadOverrides"})
"""Keys of a binding that hold text only, at any depth."""


def _binding(value: Document) -> Document:
    """A binding in which everything that is text in OpenChoreo is text again."""
    if not isinstance(value, dict):
        return value
    return {
        key: _as_written(entry, (key,)) if key in TEXT_FIELDS else entry
        for key, entry in value.items()
    }


class ProjectBindingConfig(ProjectBindingValues):
    """What a ProjectReleaseBinding says, for the environment of this stack, and `hold`."""

    hold: bool = False


class ResourceBindingConfig(ResourceBindingValues):
    """What a ResourceReleaseBinding says, for the environment of this stack, and whether the
    Resource is deployed at all.
    """

    state: Literal["Active", "Undeploy"] = "Active"
    hold: bool = False


class BindingConfig(BindingValues):
    """What a ReleaseBinding says, for the environment of this stack, and `hold`.

    A held component keeps the release that is recorded here, whatever autoDeploy offers.
    """

    hold: bool = False


def _text(value: Document) -> Document:
    return _as_written(value)


Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int | bool)]


class Target(Model):
    """Where a data plane's manifests go: files below `directory`, or a cluster.

    `directory` is relative to the Pulumi project; empty for the default,
    `manifests/<environment>/<plane>`. `context` is one of `kubeconfig`, which is $KUBECONFIG or
    ~/.kube/config where it is empty. `cluster_identifier` tells the cluster from others, whatever
    its context is called; empty for the UID of its namespace kube-system.
    """

    directory: Text = ""
    context: Text = ""
    kubeconfig: Text = ""
    cluster_identifier: Text = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Target:
        for name in ("kubeconfig", "cluster_identifier"):
            if getattr(self, name) and not self.context:
                message = "says which cluster, and there is no context"
                raise refuse(
                    message, path=(to_camel(name),), hint="write context: <name> beside it"
                )
        if self.directory and self.context:
            message = f"manifests go to files or to a cluster, and there is context {self.context}"
            raise refuse(message, path=("directory",), hint="keep one of the two")
        return self


def _target(value: object) -> object:
    if value == "files":
        return {}
    if isinstance(value, str):
        message = f"{value!r} is no target"
        raise refuse(message, hint="write files, {directory: <folder>} or {context: <context>}")
    return value


_DURATION = re.compile(r"^([1-9]\d*)(s|m|h)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def _seconds(value: object) -> object:
    """A length of time in seconds, from text like 90s, 10m or 1h."""
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        raise refuse(f"{value!r} is no length of time", hint="write for example 90s, 10m or 1h")
    return int(found[1]) * _SECONDS[found[2]]


Seconds = Annotated[
    int,
    BeforeValidator(
        _seconds, json_schema_input_type=Annotated[str, Field(pattern="^[1-9][0-9]*[smh]$")]
    ),
]

GateName: TypeAlias = Literal[
    "freeze", "upstream", "proof", "soak", "approvals", "attestations", "manifests"
]
"""What can be passed over; a rejected release, and a digest that does not match, cannot."""

Awaited: TypeAlias = Literal["ExternalSecret", "GRPCRoute", "HTTPRoute", "HorizontalPodAutoscaler"]
"""Kinds whose acceptance is waited for on request, beside those that are always waited for."""


def _switch(value: object) -> object:
    """A boolean: Pulumi hands over the text of single values."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


_SWITCH = BeforeValidator(_switch, json_schema_input_type=bool | Literal["true", "false"])


class BreakGlassConfig(Model):
    """Passes over gates of the policy, until it expires."""

    gates: Annotated[Items[GateName], Field(min_length=1)]
    reason: Annotated[Text, Field(min_length=1)]
    expires: Text

    @model_validator(mode="after")
    def _moment(self) -> BreakGlassConfig:
        try:
            found = datetime.fromisoformat(self.expires)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            message = f"{self.expires!r} is no point in time with its zone"
            hint = "write it in quotes, like '2026-12-24T18:00:00Z'"
            raise refuse(message, path=("expires",), hint=hint)
        return self

    @property
    def until(self) -> datetime:
        return datetime.fromisoformat(self.expires)


def _digest(of: str, command: str) -> BeforeValidator:
    def check(value: object) -> object:
        # An empty one is refused as well: a variable that nobody set must not pass for a review.
        if not isinstance(value, str) or not re.match(DIGEST, value):
            message = f"{value!r} is no digest of a {of}"
            hint = (
                f"write sha256: and 64 hex digits, as `python -m openchoreo {command}` shows them"
            )
            raise refuse(message, hint=hint)
        return value

    written = Annotated[str, Field(pattern=DIGEST)]
    return BeforeValidator(check, json_schema_input_type=written)


def _as_it_is(value: object) -> object:
    return value


class StackConfig(Model):
    """All of `openchoreo:` in one stack's config."""

    environment: Text
    definitions: Items[Text] = ("definitions",)
    namespaces: Items[Text] = ()
    projects: Items[Text] = ()
    bindings: dict[str, Annotated[BindingConfig, BeforeValidator(_binding)]] = Field(
        default_factory=dict
    )
    project_bindings: dict[str, Annotated[ProjectBindingConfig, BeforeValidator(_binding)]] = Field(
        default_factory=dict
    )
    resource_bindings: dict[str, Annotated[ResourceBindingConfig, BeforeValidator(_binding)]] = (
        Field(default_factory=dict)
    )
    set_: Annotated[str, _digest("set", "sets")] = Field(default="", alias="set")
    """The digest of releases that ran together, here or in an environment before: all are pinned."""
    project_stacks: dict[str, Text] = Field(default_factory=dict)
    """Project, or namespace/project, that another stack deploys -> the full name of that stack."""
    data_planes: dict[
        str,
        Annotated[
            Target,
            BeforeValidator(_target, json_schema_input_type=Literal["files"] | Target),
        ],
    ] = Field(default_factory=dict)
    notification_channels: Annotated[bool | None, _SWITCH] = None
    """Whether this stack deploys the channels for alerts; None for: unless it is narrowed."""
    timeouts: dict[str, Seconds] = Field(default_factory=dict)
    wait_for: Items[Awaited] = ()
    gates: GateRules = Field(default_factory=GateRules)
    break_glass: Annotated[
        BreakGlassConfig | None,
        BeforeValidator(_as_it_is, json_schema_input_type=BreakGlassConfig),
    ] = None
    expect: Annotated[str, _digest("plan", "plan")] = ""
    """The digest of the run that was reviewed; empty for any."""
    adopt: Annotated[bool, _SWITCH] = False
    removed: Items[Text] = ()
    releases: Items[Text] = ()
    on_problem: Literal["stop", "isolate"] = "stop"


def parse(
    raw: Mapping[str, str],
    *,
    stack: str,
    secret_keys: Iterable[str] = (),
    limit: int = LIMIT_BYTES,
) -> StackConfig:
    """The typed config of `stack` from what Pulumi hands to the program.

    `raw` maps full keys ("openchoreo:bindings") to text, JSON for structured values. Keys of
    other namespaces are not looked at. `limit` is what one environment variable can hold.
    Raises OpenChoreoError with every problem.
    """
    secret = frozenset(secret_keys)
    found = Collector()
    found.add(*_too_large(raw, limit), *_secrets(secret))
    # What is secret is not read at all, so that no message can show it.
    readable = {key: value for key, value in raw.items() if key not in secret}
    values: Object = {"environment": stack, **_ours(readable)}
    config = found.attempt(lambda: read(StackConfig, values, stage=Stage.CONFIG)[0])
    found.raise_if_any(_keyed)
    return cast("StackConfig", config)


def file_of(stack: str) -> str:
    """The file in which Pulumi keeps the config of a stack."""
    return f"Pulumi.{stack}.yaml"


def is_in_config(problem: Problem) -> bool:
    """Whether the path of a problem leads into stack config."""
    return bool(problem.path) and str(problem.path[0]).startswith(PREFIX)


def size_warning(raw: Mapping[str, str], *, limit: int = LIMIT_BYTES) -> str:
    """A sentence where the config is past half of what the engine can hand over, else ""."""
    size = _size(raw)
    if size <= limit // 2:
        return ""
    return (
        f"the stack config has {size // 1024} KiB; above {_largest(limit) // 1024} KiB no program "
        "can be started with it: move overrides into ReleaseBinding documents"
    )


def _ours(raw: Mapping[str, str]) -> Object:
    return {
        key.removeprefix(PREFIX): _structured(value)
        for key, value in raw.items()
        if key.startswith(PREFIX)
    }


def _structured(text: str) -> Document:
    """Lists and maps arrive as JSON, everything else as its own text."""
    if text[:1] not in {"[", "{"}:
        return text
    try:
        return cast("Document", json.loads(text))
    except ValueError:
        return text


def _size(raw: Mapping[str, str]) -> int:
    """As the variable holds it: without insignificant space, in UTF-8."""
    return len(json.dumps(dict(raw), ensure_ascii=False, separators=(",", ":")).encode())


def _largest(limit: int) -> int:
    return limit - limit // 16


def _too_large(raw: Mapping[str, str], limit: int) -> list[Problem]:
    size, largest = _size(raw), _largest(limit)
    if size <= largest:
        return []
    message = (
        f"has {size // 1024} KiB; above {largest // 1024} KiB no program can be started with it"
    )
    hint = "move overrides into ReleaseBinding documents in the definitions"
    return [Problem(Stage.CONFIG, _SUBJECT, (), message, hint)]


def _secrets(keys: Iterable[str]) -> list[Problem]:
    message = "is a secret value; nothing under openchoreo: may hold one"
    hint = (
        "write a SecretReference in the definitions, and name it under "
        "workloadOverrides.container.env[].valueFrom.secretKeyRef"
    )
    return [
        Problem(Stage.CONFIG, _SUBJECT, (key.removeprefix(PREFIX),), message, hint)
        for key in sorted(keys)
        if key.startswith(PREFIX)
    ]


def _keyed(problem: Problem) -> Problem:
    """The problem with its path as the config key it is."""
    first, *rest = problem.path or ("",)
    path = (f"{PREFIX}{first}", *rest) if problem.path else ()
    return replace(problem, resource=_SUBJECT, path=path)


class Bindings(Model):
    """What stack config says of components, projects and Resources."""

    bindings: dict[str, Annotated[BindingConfig, BeforeValidator(_binding)]] = Field(
        default_factory=dict
    )
    project_bindings: dict[str, Annotated[ProjectBindingConfig, BeforeValidator(_binding)]] = Field(
        default_factory=dict
    )
    resource_bindings: dict[str, Annotated[ResourceBindingConfig, BeforeValidator(_binding)]] = (
        Field(default_factory=dict)
    )


def parse_bindings(document: Object, *, file: str) -> Bindings:
    """What stands under the keys of bindings, without openchoreo:, from a file of its own."""
    found = Collector()
    read_ = found.attempt(lambda: read(Bindings, document, stage=Stage.CONFIG)[0])
    found.raise_if_any(lambda one: replace(one, resource=file, path=one.path[1:], file=file))
    return read_ or Bindings()
