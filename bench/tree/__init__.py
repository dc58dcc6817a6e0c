"""Definitions as a large organisation writes them: any number of components, always the same ones.

Components come in groups of four that call each other, and twenty of them make a project. A
group renders sixteen objects, four for each component; even groups and odd ones take turns:

    stock    an endpoint and nothing else; its type is that of this repository        3
    orders   variables, traced; calls stock, and orders of the project before         4
             odd: scaled as well                                                      5
    web      reached from outside, through a type with a trait of its own
             even: variables, and a trait that limits disruptions                     6
             odd: a file                                                              5
    mailer   a job; calls orders
             even: a secret variable                                                  3
             odd: a secret file                                                       3

Types are in `types`, traits in `traits`. Twenty projects make a division, which has types of its
own: a thousand components have ten. Every component has bindings for staging and production, and
every other one for development; they override what their types, traits and workloads say.

services    what follows from the number of a component
documents   what is written for it
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bench.tree import documents
from bench.tree.services import (
    IN_DIVISION,
    IN_PROJECT,
    NAMESPACE,
    Service,
    project_name,
)
from tools.console import ROOT

__all__ = ["Service", "files", "platform", "write"]

HERE = Path(__file__).parent
EVERYWHERE, INSIDE = Path("platform"), Path("namespaces", NAMESPACE, "platform")


def write(folder: Path, size: int) -> None:
    """Definitions of `size` components, with the platform they need."""
    for part in (EVERYWHERE, INSIDE):
        shutil.copytree(ROOT / "definitions" / part, folder / part)
    for path, text in files(size).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def files(size: int) -> dict[str, str]:
    """What a number of components is written as, by path; the repository's platform comes on top."""
    return {**dict(platform(size)), **dict(_projects(size)), **dict(_components(size))}


def platform(size: int) -> Iterator[tuple[str, str]]:
    """Types and traits, each by its path."""
    for file in sorted((HERE / "traits").iterdir()):
        yield _place(file.name, text := file.read_text("utf-8"), "traits"), text
    for division in range(-(-size // IN_DIVISION)):
        for file in sorted((HERE / "types").iterdir()):
            text = file.read_text("utf-8").replace("DIVISION", str(division))
            yield _place(f"{file.stem}-{division}.yaml", text, "component-types"), text


def _place(name: str, text: str, folder: str) -> str:
    """Where a type or trait lies; one of the whole cluster is in no namespace."""
    of_cluster = "\nkind: Cluster" in text
    return ((EVERYWHERE if of_cluster else INSIDE) / folder / name).as_posix()


def _projects(size: int) -> Iterator[tuple[str, str]]:
    for number in range(0, size, IN_PROJECT):
        name = project_name(number // IN_PROJECT)
        yield f"{_folder(name)}/project.yaml", _written(documents.project(name))
        yield f"{_folder(name)}/secrets.yaml", _written([documents.secret(name)])


def _components(size: int) -> Iterator[tuple[str, str]]:
    for service in map(Service, range(size)):
        folder = f"{_folder(service.project)}/components/{service.name}"
        yield f"{folder}/component.yaml", _written([documents.component(service)])
        yield f"{folder}/workload.yaml", _written([documents.workload(service)])
        yield f"{folder}/bindings.yaml", _written(documents.bindings(service))


def _folder(project: str) -> str:
    return f"namespaces/{NAMESPACE}/projects/{project}"


def _written(resources: Iterable[documents.Yaml]) -> str:
    return yaml.safe_dump_all(resources, sort_keys=False)
