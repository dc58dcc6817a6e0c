"""What shells complete: names of components, environments and stacks.

Read from the text of files and nothing else, in bounded time; where anything is wrong nothing is
completed. Commands need not do anything: `attach` gives the types below to their parameters by the
names that these have. A parameter with a type of its own keeps it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

VARIABLE = "_OPENCHOREO_COMPLETE"
"""What the scripts of `openchoreo completion` set, and click looks for."""

Names = Callable[[str], Iterable[str]]
"""From what was typed so far; what does not begin so is left out afterwards."""

_MOST_FILES, _LARGEST, _SECONDS = 5_000, 1 << 20, 0.4

_KIND = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]+)", re.MULTILINE)
_METADATA = re.compile(r"^metadata:[ \t]*(\{.*\}|(?:\n(?:[ \t]+.*|[ \t]*|#.*)$)+)", re.MULTILINE)
_FIELD = re.compile(r"(?:^[ \t]+|[{,][ \t]*)(name|namespace):[ \t]*[\"']?([\w.-]+)", re.MULTILINE)
_PLACES = re.compile(
    r"^[ \t]+[\"']?openchoreo:definitions[\"']?:[ \t]*(\[.*\]|(?:\n[ \t]+-.*$)+)", re.MULTILINE
)
_TEXT = re.compile(r"[^\s,\[\]\"'-][^\s,\[\]\"']*")
_NO_SOURCES = frozenset({"__pycache__", "build", "dist", "node_modules", "vendor", "venv"})


def component_names(incomplete: str = "") -> Iterator[str]:
    """By name, and by namespace/name where names alone do not tell them apart, or so typed."""
    found = sorted(set(_defined("Component")))
    names = [name for _, name in found]
    for namespace, name in found:
        if "/" in incomplete or names.count(name) > 1:
            yield f"{namespace}/{name}"
        else:
            yield name


def environment_names(_incomplete: str = "") -> Iterator[str]:
    """Those that are defined; where none is, the stacks."""
    defined = dict.fromkeys(name for _, name in _defined("Environment"))
    return iter(defined or stack_names())


def stack_names(_incomplete: str = "") -> Iterator[str]:
    """The stacks that have a file here."""
    for file in sorted(Path().glob("Pulumi.*.yaml")):
        yield file.name.removeprefix("Pulumi.").removesuffix(".yaml")


class Named(click.ParamType[str]):
    """Any text, completed with names that are known."""

    def __init__(self, name: str, names: Names) -> None:
        self.name = name
        self._names = names

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return click.STRING.convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        del ctx, param
        return _items(self._names, incomplete)


COMPONENT = Named("component", component_names)
ENVIRONMENT = Named("environment", environment_names)
STACK = Named("stack", stack_names)

_BY_OPTION = {
    "--component": COMPONENT,
    "--env": ENVIRONMENT,
    "--environment": ENVIRONMENT,
    "--from": ENVIRONMENT,
    "--stack": STACK,
    "--to": ENVIRONMENT,
    "component": COMPONENT,
    "components": COMPONENT,
}
"""Options and arguments, and what their values name."""


def attach(command: click.Command) -> click.Command:
    """The same command, whose parameters of plain text complete names."""
    for one in command.params:
        known = next((_BY_OPTION[opt] for opt in one.opts if opt in _BY_OPTION), None)
        if known and isinstance(one.type, click.types.StringParamType):
            one.type = known
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            attach(inner)
    return command


def quickly(args: list[str], incomplete: str) -> list[CompletionItem] | None:
    """The value of an option that means the same in every command, which then is not imported;
    None where it has to be.
    """
    known = _BY_OPTION.get(args[-1]) if args and args[-1].startswith("--") else None
    if known is None:
        return None
    return known.shell_complete(click.Context(click.Command("")), click.Option(["--x"]), incomplete)


def _items(names: Names, incomplete: str) -> list[CompletionItem]:
    try:
        return [CompletionItem(name) for name in names(incomplete) if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a shell that completes is no place to tell of problems
        return []


def _defined(kind: str) -> Iterator[tuple[str, str]]:
    """Namespace and name of what the definitions call this kind."""
    for text in _texts():
        if kind not in text:
            continue
        for document in re.split(r"^---.*$", text, flags=re.MULTILINE):
            found, metadata = _KIND.search(document), _METADATA.search(document)
            if found and metadata and found[1] == kind:
                fields = dict(reversed(_FIELD.findall(metadata[1])))
                if "name" in fields:
                    yield fields.get("namespace", "default"), fields["name"]


def _texts() -> Iterator[str]:
    """The YAML files of the definitions, until there are too many or it takes too long."""
    end = time.monotonic() + _SECONDS
    for number, path in enumerate(_files()):
        if number >= _MOST_FILES or time.monotonic() > end:
            return
        with path.open("rb") as file:
            yield file.read(_LARGEST).decode(errors="replace")


def _files() -> Iterator[Path]:
    for place in _places():
        if place.is_file():
            yield place
        for directory, children, names in os.walk(place):
            children[:] = sorted(
                one for one in children if one[0] != "." and one not in _NO_SOURCES
            )
            yield from (Path(directory, one) for one in sorted(names) if one.endswith(_YAML))


_YAML = (".yaml", ".yml")


def _places() -> Iterable[Path]:
    """Where stack files say that definitions are, or where they usually are."""
    named = [
        place
        for stack in stack_names()
        for found in _PLACES.findall(Path(f"Pulumi.{stack}.yaml").read_text(errors="replace"))
        for place in _TEXT.findall(found)
    ]
    return [Path(one) for one in dict.fromkeys(named or ["definitions"])]
