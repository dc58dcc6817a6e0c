"""What OpenChoreo adds to CEL: its functions, and the helpers on its variables.

${oc_merge({'app': metadata.name}, parameters.labels)}
${configurations.toVolumes()}
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from openchoreo.cel import (
    Dialect,
    Expr,
    Factory,
    Failure,
    Function,
    Limits,
    Macro,
    Optional_,
    is_ident,
)
from openchoreo.cel.syntax import Index
from openchoreo.template.names import LABEL_LIMIT, SUBDOMAIN_LIMIT, fnv1a, generate_name
from openchoreo.template.values import OMIT, Omit

NAME_PARTS: Final = 24
"""The number of the difference from OpenChoreo: every part of a name must be a string."""

_LIMITS = Limits(steps=250_000, string=4_000_000, list=100_000)

_HELPERS: Mapping[str, Mapping[str, str]] = {
    "configurations": {
        "toConfigFileList": "configFileList",
        "toSecretFileList": "secretFileList",
        "toContainerEnvFrom": "containerEnvFrom",
        "toContainerVolumeMounts": "configVolumeMounts",
        "toVolumes": "configVolumes",
        "toConfigEnvsByContainer": "configEnvs",
        "toSecretEnvsByContainer": "secretEnvs",
    },
    "dependencies": {
        "toContainerEnvs": "dependencyEnvVars",
        "toContainerVolumeMounts": "dependencyVolumeMounts",
        "toVolumes": "dependencyVolumes",
    },
    "workload": {"toServicePorts": "servicePorts"},
}
"""Variable, helper, and the field of `derived` that holds its result."""


def dialect(*, helpers: bool, relaxed: frozenset[int] = frozenset()) -> Dialect:
    """OpenChoreo's CEL, the helpers being those that only components have.

    With 24 relaxed, parts of a name that are no strings are passed over, all but the first.
    """
    return _dialect(helpers=helpers, strict=NAME_PARTS not in relaxed)


@cache
def _dialect(*, helpers: bool, strict: bool) -> Dialect:
    return Dialect(
        functions=_functions(strict=strict),
        macros=(*_MACROS, *(_helper_macros() if helpers else ())),
        limits=_LIMITS,
    )


def _functions(*, strict: bool) -> tuple[Function, ...]:
    return (
        Function("oc_omit", (), "dyn", lambda: OMIT),
        Function("oc_merge", ("map(string, dyn)", "map(string, dyn)"), "map(string, dyn)", _merged),
        Function("oc_hash", ("string",), "string", fnv1a),
        *_name_functions("oc_generate_name", SUBDOMAIN_LIMIT, strict=strict),
        *_name_functions("oc_dns_label", LABEL_LIMIT, strict=strict),
    )


def _name_functions(name: str, limit: int, *, strict: bool) -> tuple[Function, ...]:
    def of_text(part: str) -> str:
        return generate_name(limit, [part])

    def of_list(items: list[Any]) -> str:
        parts = _all_parts(name, items) if strict else _some_parts(name, items)
        if not parts:
            message = f"{name} needs at least one part"
            raise Failure(message)
        return generate_name(limit, parts)

    return (
        Function(name, ("string",), "string", of_text),
        Function(name, ("list(string)",), "string", of_list),
    )


def _all_parts(name: str, items: list[Any]) -> list[str]:
    for index, item in enumerate(items):
        if not isinstance(item, str):
            message = f"no such overload: {name}(list): item {index} is no string"
            raise Failure(message)
    return items


def _some_parts(name: str, items: list[Any]) -> list[str]:
    """OpenChoreo itself looks at the first item only, and passes over what is no string."""
    if items and not isinstance(items[0], str):
        message = f"no such overload: {name}(list)"
        raise Failure(message)
    values = (item.value if isinstance(item, Optional_) else item for item in items)
    return [value for value in values if isinstance(value, str)]


def _merged(base: dict[Any, Any], over: dict[Any, Any]) -> dict[str, Any]:
    """A fresh map; later wins, nested maps are replaced whole."""
    merged = {**base, **over}
    if not all(isinstance(key, str) for key in merged):
        message = "no such overload: oc_merge(map, map)"
        raise Failure(message)
    return {key: _settled(value) for key, value in merged.items()}


def _settled(value: Any) -> Any:
    """Merging decides what is optional; a mark to omit becomes an empty map, as in OpenChoreo."""
    if isinstance(value, Optional_):
        return value.value if value.present else None
    return {} if isinstance(value, Omit) else value


def _merge(_: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr | None:
    if len(arguments) < 2:  # noqa: PLR2004 - two of them
        make.error("oc_merge requires at least 2 arguments")
    if len(arguments) == 2:  # noqa: PLR2004 - this is the function
        return None
    merged = arguments[0]
    for argument in arguments[1:]:
        merged = make.call("oc_merge", merged, argument)
    return merged


def _name_macro(name: str) -> Macro:
    def expand(_: Expr | None, arguments: tuple[Expr, ...], make: Factory) -> Expr | None:
        return None if len(arguments) == 1 else make.call(name, make.list(*arguments))

    return Macro(name, None, False, expand)


_MACROS = (
    Macro("oc_merge", None, False, _merge),
    _name_macro("oc_generate_name"),
    _name_macro("oc_dns_label"),
)


def _helper_macros() -> tuple[Macro, ...]:
    names = sorted({name for helpers in _HELPERS.values() for name in helpers})
    endpoint_resources = Macro("toEndpointResources", 1, True, _endpoint_resources)
    return (*(_helper_macro(name) for name in names), endpoint_resources)


def _helper_macro(name: str) -> Macro:
    fields = {variable: helpers[name] for variable, helpers in _HELPERS.items() if name in helpers}

    def expand(receiver: Expr | None, _: tuple[Expr, ...], make: Factory) -> Expr | None:
        for variable, field in fields.items():
            if is_ident(receiver, variable):
                return make.select(make.ident("derived"), field)
        return None

    return Macro(name, 0, True, expand)


def _endpoint_resources(
    receiver: Expr | None, arguments: tuple[Expr, ...], make: Factory
) -> Expr | None:
    """The API of one endpoint, an optional: it may have none."""
    if not is_ident(receiver, "workload"):
        return None
    resources = make.select(make.ident("derived"), "endpointResources")
    return Index(resources, arguments[0], optional=True, position=make.position)


COMPONENT: Final = dialect(helpers=True)
PLAIN: Final = dialect(helpers=False)
