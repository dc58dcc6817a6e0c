"""Bindings: what is said of one component, project or Resource in one environment, from
definitions and config.

ReleaseBinding documents are the natural home of overrides, stack config that of pins. Config
is laid over the document field by field: maps at every depth, `env` and `files` by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from msgspec import Struct, field
from msgspec.structs import replace

from openchoreo.delivery.chains import COMPONENTS, Words
from openchoreo.delivery.snapshot import as_written
from openchoreo.document import Document, Object, merge
from openchoreo.errors import OpenChoreoError, Path, Problem, Stage
from openchoreo.model import BindingValues, ReleaseBinding
from openchoreo.model.base import first_duplicate


class Pin(Struct, frozen=True):
    """A release somebody chose by name, or by name@digest, and where it is written.

    `set_` is the digest of the set that chose it, where one did.
    """

    text: str
    resource: str
    path: Path
    set_: str = ""

    @property
    def name(self) -> str:
        return self.text.partition("@")[0]

    @property
    def digest(self) -> str:
        """Empty where only a name was given."""
        return self.text.partition("@")[2]


class Binding(Struct, frozen=True, kw_only=True):
    """`key` is the name of what is bound under its key of stack config, for commands to print.

    `bound` says whether a document or the config has a binding at all. `environment_configs` are
    those of a project's or Resource's type, `annotations` those of its binding.
    """

    key: str
    words: Words = COMPONENTS
    bound: bool = True
    pin: Pin | None = None
    undeploy: bool = False
    hold: bool = False
    component_type_environment_configs: Object = field(default_factory=dict[str, Document])
    trait_environment_configs: dict[str, Object] = field(default_factory=dict[str, Object])
    workload_overrides: Object = field(default_factory=dict[str, Document])
    environment_configs: Object = field(default_factory=dict[str, Document])
    annotations: dict[str, str] = field(default_factory=dict[str, str])
    config: Object = field(default_factory=dict[str, Document])
    """What of all that stack config says itself."""
    retain_policy: str = ""

    def in_config(self, path: Path) -> Path:
        """Where stack config says what stands at a path in the spec of the binding; empty where it
        says nothing there.
        """
        inner: Document = self.config
        for step in path:
            if isinstance(inner, dict) and step in inner:
                inner = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                inner = inner[step]
            else:
                return ()
        return (self.words.config, self.key, *path)

    def path(self, *fields: str) -> Path:
        """Where stack config holds a field of this binding."""
        return (self.words.config, self.key, *fields)

    @property
    def overrides(self) -> Object:
        """All that is said for this environment beside the release."""
        said: Object = {
            "componentTypeEnvironmentConfigs": self.component_type_environment_configs,
            "traitEnvironmentConfigs": cast("Document", self.trait_environment_configs),
            "workloadOverrides": self.workload_overrides,
            "environmentConfigs": self.environment_configs,
            "annotations": cast("Document", self.annotations),
        }
        return {key: value for key, value in said.items() if value}

    @property
    def pin_path(self) -> Path:
        """Where stack config holds the pin."""
        return self.path(self.words.pin)


def binding_of(
    subject: str,
    key: str,
    documents: Sequence[ReleaseBinding] = (),
    config: BindingValues | None = None,
    *,
    hold: bool = False,
) -> Binding:
    """The binding of `subject`, "Component default/greeter", in one environment.

    Raises OpenChoreoError where several documents bind it, or a list names a key twice.
    """
    binding = Binding(key=key, hold=hold)
    problems = [*_several(documents), *_repeated_in_config(subject, binding, config)]
    if problems:
        raise OpenChoreoError(*problems)
    for document in documents:
        place = (str(document), ("spec",))
        binding = _with(binding, document.spec, place)
    if config is None:
        return binding
    merged = _with(binding, config, (subject, binding.path()))
    return replace(merged, config=as_written(config))


def _with(binding: Binding, values: BindingValues, place: tuple[str, Path]) -> Binding:
    """`values` laid over the binding; what they do not say stays."""
    resource, path = place
    chosen = values.model_fields_set
    configs = values.component_type_environment_configs or {}
    traits = cast("Document", values.trait_environment_configs)
    overrides = values.workload_overrides.document() if values.workload_overrides else {}
    merged = replace(
        binding,
        component_type_environment_configs=cast(
            "Object", merge(binding.component_type_environment_configs, configs)
        ),
        trait_environment_configs=cast(
            "dict[str, Object]", merge(cast("Document", binding.trait_environment_configs), traits)
        ),
        workload_overrides=_overrides(binding.workload_overrides, overrides),
    )
    if "state" in chosen:
        merged = replace(merged, undeploy=values.state == "Undeploy")
    if values.release_name is not None:
        pin = Pin(values.release_name, resource, (*path, "releaseName"))
        merged = replace(merged, pin=pin if pin.text else None)
    return merged


_LISTS = ("env", "files")


def _overrides(base: Object, over: Object) -> Object:
    """Entries of `env` and `files` replace those with the same key, in their place."""
    container = over.get("container")
    if not isinstance(container, dict):
        return base
    old = base.get("container")
    old = old if isinstance(old, dict) else {}
    merged: Object = {name: _by_key(old.get(name), container.get(name)) for name in _LISTS}
    filled: Object = {name: entries for name, entries in merged.items() if entries}
    return {"container": filled} if filled else {}


def _by_key(base: Document, over: Document) -> Document:
    old, new = _entries(base), _entries(over)
    replaced = {_key(entry): entry for entry in new}
    known = {_key(entry) for entry in old}
    kept = [replaced.get(_key(entry), entry) for entry in old]
    return [*kept, *(entry for entry in new if _key(entry) not in known)]


def _entries(value: Document) -> list[Object]:
    return cast("list[Object]", value) if isinstance(value, list) else []


def _key(entry: Object) -> str:
    return cast("str", entry["key"])


def _several(documents: Sequence[ReleaseBinding]) -> Iterator[Problem]:
    for document in documents[1:]:
        owner = document.spec.owner.component_name
        message = f"{documents[0]} binds {owner} to {document.spec.environment} as well"
        yield Problem(Stage.BINDING, str(document), ("spec",), message, "remove one of the two")


def _repeated_in_config(
    subject: str, binding: Binding, config: BindingValues | None
) -> Iterator[Problem]:
    """Within the document it is found when the release is rendered (difference 26)."""
    overrides = config.workload_overrides if config else None
    container = overrides.container if overrides else None
    if container is None:
        return
    for name, entries in (("env", container.env), ("files", container.files)):
        found = first_duplicate(entry.key for entry in entries)
        if found:
            path = (*binding.path("workloadOverrides", "container", name), found[0], "key")
            yield Problem(Stage.BINDING, subject, path, f"{found[1]} is listed twice")
