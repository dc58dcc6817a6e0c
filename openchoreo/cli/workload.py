"""openchoreo workload: Workloads from an image, or from the descriptor beside source code."""

from __future__ import annotations

import re
from pathlib import Path

import click

from openchoreo.catalog import Catalog, load, read_yaml, where_in
from openchoreo.catalog.descriptors import Owner, plain_workload, read_descriptor, workload_from
from openchoreo.cli.manifests import as_yaml, write_files
from openchoreo.cli.telling import problems_told
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest
from openchoreo.model import Component, Workload

EXAMPLES = """\b
Examples:
  openchoreo workload create --component greeter --image registry.example.com/greeter:1.2.0
  openchoreo workload create --component greeter --image registry.example.com/greeter:1.2.0 \\
    --descriptor src/greeter/workload.yaml
  openchoreo workload create --component shop/greeter --image greeter:dev --output -
"""

_IMAGE = re.compile(
    r"^(\s*(?:- )?[\"']?image[\"']?\s*:\s*)(\"[^\"]*\"|'[^']*'|[^\s#][^#]*?)(\s*(?:#.*)?)$"
)


@click.group("workload")
def command() -> None:
    """What components run: Workloads as files."""


@command.command("create", epilog=EXAMPLES)
@click.option("--component", "name", required=True, help="NAME or NAMESPACE/NAME.")
@click.option("--image", required=True, help="The image that the component runs.")
@click.option(
    "--descriptor",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The workload.yaml beside the source code. Without it only the image is written.",
)
@click.option(
    "--definitions",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the component is defined; can be given again.  [default: definitions]",
)
@click.option(
    "--output",
    help="A file to write to, or - for standard output. Default: the file of the component's"
    " Workload, else workload.yaml beside the component.",
)
def create(
    name: str, image: str, descriptor: Path | None, paths: tuple[Path, ...], output: str | None
) -> None:
    """Write the Workload of a component from an image, or from a descriptor and an image.

    Without a descriptor, a Workload that is there keeps everything but its image, and its file
    every comment. Files that a descriptor names become part of the Workload.
    """
    with problems_told():
        catalog = load([*paths] or [Path("definitions")])
        component = _component(catalog, name)
        workload = catalog.workload_of(component.namespace, component.project, component.name)
        if descriptor is None and workload and output is None:
            click.echo(_with_image(catalog, workload, image))
            return
        owner = Owner(component.namespace, component.project, component.name)
        made = _made(owner, image, descriptor)
        click.echo(_put(catalog, component, workload, made, output), nl=output != "-")


def _component(catalog: Catalog, name: str) -> Component:
    namespace, _, short = name.rpartition("/")
    found = [
        one for one in catalog.components if one.name == short and namespace in {"", one.namespace}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{one.namespace}/{one.name}" for one in found)
        raise _refused("--component", f"{name} is in several namespaces", f"write one of {names}")
    hint = nearest(short, [one.name for one in catalog.components])
    raise _refused("--component", f"there is no component {name} here", hint)


def _made(owner: Owner, image: str, descriptor: Path | None) -> Object:
    if descriptor is None:
        return plain_workload(owner, image)
    try:
        document = read_yaml(descriptor.read_text("utf-8"), str(descriptor))
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(str(descriptor), f"cannot be read: {error}", "") from None
    try:
        found = read_descriptor(document, str(descriptor))
        return workload_from(found, owner, image, str(descriptor), _beside(descriptor))
    except OpenChoreoError as error:
        text = descriptor.read_text("utf-8")
        placed = (one.at(str(descriptor), *where_in(text, one.path)) for one in error.problems)
        raise OpenChoreoError(*placed) from None


class _beside:  # noqa: N801 - used as a function
    """Reads files in the folder of the descriptor, and nowhere else."""

    def __init__(self, descriptor: Path) -> None:
        self._folder = descriptor.resolve().parent

    def __call__(self, name: str) -> str:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError("it is outside of the folder of the descriptor")
        return path.read_text("utf-8")


def _put(
    catalog: Catalog,
    component: Component,
    workload: Workload | None,
    made: Object,
    output: str | None,
) -> str:
    text = as_yaml([made])
    if output == "-":
        return text
    path = Path(output) if output else _place(catalog, component, workload)
    write_files(path.parent, {path.name: text})
    return f"{path}: Workload {component.namespace}/{component.name}-workload"


def _place(catalog: Catalog, component: Component, workload: Workload | None) -> Path:
    """Where the Workload is, or belongs. A file that holds something else is not written over."""
    if workload:
        file, _ = catalog.locate(*workload.key)
        others = [
            key for key in catalog.resources if key != workload.key and _file(catalog, key) == file
        ]
        if others or workload.name != f"{component.name}-workload":
            message = f"holds {workload}, which would be lost"
            raise _refused(file, message, "say where to write to: --output FILE, or --output -")
        return Path(file)
    path = Path(_file(catalog, component.key)).parent / "workload.yaml"
    if path.exists():
        message = f"is there already, and is not the Workload of {component.name}"
        raise _refused(str(path), message, "say where to write to: --output FILE, or --output -")
    return path


def _file(catalog: Catalog, key: tuple[str, str, str]) -> str:
    return catalog.locate(*key)[0]


def _with_image(catalog: Catalog, workload: Workload, image: str) -> str:
    """Changes one line of the file."""
    file, line = catalog.locate(*workload.key, ("spec", "container", "image"))
    path = Path(file)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    ending = lines[line - 1][len(lines[line - 1].rstrip("\r\n")) :]
    found = _IMAGE.match(lines[line - 1].rstrip("\r\n"))
    if found is None:
        hint = "write it as image: <image> on a line of its own, or give --output -"
        raise _refused(file, f"line {line} is not plainly an image", hint)
    lines[line - 1] = f"{found[1]}{image}{found[3]}{ending}"
    write_files(path.parent, {path.name: "".join(lines)})
    return f"{file}:{line}: {workload.spec.container.image} -> {image}"


def _refused(subject: str, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LOAD, subject, (), message, hint))
