"""What the files say that `openchoreo init` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import metadata, resources
from importlib.resources.abc import Traversable

import yaml

from openchoreo.provider import PACKAGE
from openchoreo.provider.launcher import FOLDER

Plane = tuple[str, str, str]
"""Kind, namespace (empty for a ClusterDataPlane) and name."""

PROGRAM = "import openchoreo\n\nopenchoreo.deploy()\n"

PULUMI_YAML = """\
name: {name}
description: What OpenChoreo's definitions say. One stack is one Environment.
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {virtualenv}
# No backend is named here: your own login says where the ledgers are.
plugins:
  providers:
    - name: {package}
      path: {folder}
"""

REQUIREMENTS = """\
# Everything else that the program needs comes with it, in versions that fit together. Where pip has
# to look for it, if that is not its usual index, is said by a line like --find-links <directory>.
openchoreo{version}
"""

_FIRST = """\
# The first environment: components with autoDeploy run what the definitions say now.
"""
_LATER = """\
# Nothing runs here until it is pinned: `pulumi up --stack {stack}` says what the environment
# before has deployed, and what to type to have it here.
"""


def pulumi_yaml(name: str, virtualenv: str) -> str:
    return PULUMI_YAML.format(
        name=_scalar(name), virtualenv=_scalar(virtualenv), package=PACKAGE, folder=FOLDER
    )


def stack_file(environment: str, definitions: Sequence[str], *, first: bool) -> str:
    """`definitions` are left out where they are in the usual place."""
    lines = [_FIRST if first else _LATER.format(stack=environment), "config:\n"]
    lines.append(f"  openchoreo:environment: {_scalar(environment)}\n")
    if tuple(definitions) != ("definitions",):
        lines.append("  openchoreo:definitions:\n")
        lines += [f"    - {_scalar(one)}\n" for one in definitions]
    return "".join(lines)


def requirements() -> str:
    try:
        version = f"=={metadata.version('openchoreo')}"
    except metadata.PackageNotFoundError:
        version = ""
    return REQUIREMENTS.format(version=version)


def policy(last: str) -> str:
    """Comments alone; `last` is the environment that they take as an example."""
    return _starter("policy.yaml").replace("@LAST@", last)


def data_planes(planes: Iterable[Plane]) -> str:
    template = _starter("data-plane.yaml")
    documents = [
        template.replace("@KIND@", kind)
        .replace("@METADATA@", json.dumps({"name": name, **({"namespace": ns} if ns else {})}))
        .replace("@NAME@", _scalar(name))
        for kind, ns, name in planes
    ]
    return _starter("data-planes.yaml") + "---\n".join(documents)


def example() -> dict[str, str]:
    """Path -> text of small definitions that can be deployed as they are."""
    return dict(_below(_folder().joinpath("definitions"), "definitions"))


def _below(folder: Traversable, path: str) -> Iterable[tuple[str, str]]:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{path}/{one.name}"
        if one.is_dir():
            yield from _below(one, name)
        else:
            yield name, one.read_text("utf-8")


def _folder() -> Traversable:
    return resources.files("openchoreo.cli").joinpath("starter")


def _starter(name: str) -> str:
    return _folder().joinpath(name).read_text("utf-8")


def _scalar(text: str) -> str:
    """As YAML reads it as text again."""
    dumped: str = yaml.safe_dump({"k": text}, width=10_000)
    return dumped.removeprefix("k:").strip()
