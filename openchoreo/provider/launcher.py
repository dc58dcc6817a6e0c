"""Makes the files provider known to a Pulumi project: launchers, and an entry in Pulumi.yaml.

The launchers find the right Python by themselves, so they can be committed and work in every
checkout. `python -m openchoreo.provider.launcher [DIRECTORY]` does it from a shell.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, cast

import yaml

from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.provider import PACKAGE

FOLDER = f"plugins/{PACKAGE}"
NAMES = (f"pulumi-resource-{PACKAGE}", f"pulumi-resource-{PACKAGE}.cmd")

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
_ENTRY = (f"- name: {PACKAGE}", f"  path: {FOLDER}")
_WHOLE = ("plugins:", "  providers:", *(f"  {line}" for line in _ENTRY))
_EXECUTABLE = 0o755


def texts() -> dict[str, str]:
    """The launchers by their places in a project; they have to be executable."""
    packed = resources.files("openchoreo.provider").joinpath("launchers")
    return {f"{FOLDER}/{name}": packed.joinpath(name).read_bytes().decode() for name in NAMES}


def is_named_in(project: str) -> bool:
    """Whether the text of a Pulumi.yaml has the entry already."""
    try:
        settings: Any = yaml.safe_load(project)
    except yaml.YAMLError:
        return False
    return isinstance(settings, dict) and _has_plugin(cast("dict[str, Any]", settings))


def write(directory: Path) -> tuple[Path, ...]:
    """The files that were written or changed in the project; none when all is there already."""
    project = _project_file(directory)
    before = project.read_bytes().decode()
    after = _with_plugin(before, project)
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = [path for name in NAMES if (path := _write_launcher(folder / name))]
    if after != before:
        project.write_bytes(after.encode())
        written.append(project)
    return tuple(written)


def main(arguments: Sequence[str]) -> int:
    try:
        written = write(Path(arguments[0] if arguments else "."))
    except (OpenChoreoError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"wrote {path}\n" for path in written)
    return 0


def _write_launcher(path: Path) -> Path | None:
    text = resources.files("openchoreo.provider").joinpath("launchers", path.name).read_bytes()
    executable = path.is_file() and path.stat().st_mode & _EXECUTABLE == _EXECUTABLE
    if executable and path.read_bytes() == text:
        return None
    path.write_bytes(text)
    path.chmod(_EXECUTABLE)
    return path


def _project_file(directory: Path) -> Path:
    found = [path for name in _PROJECT_FILES if (path := directory / name).is_file()]
    if not found:
        path = directory / _PROJECT_FILES[0]
        raise _problem(path, "there is no Pulumi project here", "run `pulumi new python` first")
    return found[0]


def _with_plugin(text: str, project: Path) -> str:
    """The same text with our entry. Everything else stays as people wrote it, comments included."""
    try:
        settings: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _problem(project, f"it is no YAML: {error}", "mend it and try again") from error
    if not isinstance(settings, dict):
        raise _problem(project, "it holds no settings", "run `pulumi new python` first")
    if _has_plugin(cast("dict[str, Any]", settings)):
        return text
    insertion = _insertion(yaml.compose(text, yaml.SafeLoader), len(text.splitlines()))
    if insertion is None:
        entry = "\n".join(_WHOLE)
        message = "its plugins are written in a way that cannot be extended"
        raise _problem(project, message, f"add this by hand:\n{entry}")
    line, lines = insertion
    end = "\r\n" if "\r\n" in text else "\n"
    kept = text.splitlines(keepends=True)
    if not kept[-1].endswith("\n"):
        kept[-1] += end
    return "".join((*kept[:line], *(each + end for each in lines), *kept[line:]))


def _has_plugin(settings: dict[str, Any]) -> bool:
    plugins: Any = settings.get("plugins")
    providers: Any = cast("dict[str, Any]", plugins).get("providers") if plugins else None
    return any(
        each.get("name") == PACKAGE for each in cast("list[dict[str, Any]]", providers or [])
    )


def _insertion(root: Any, end: int) -> tuple[int, list[str]] | None:
    """Before which line which lines go in: as the first entry of the innermost list there is."""
    plugins = _entry(root, "plugins")
    if plugins is None:
        return end, list(_WHOLE)
    if not isinstance(plugins, yaml.MappingNode) or plugins.flow_style:
        return None
    providers = _entry(plugins, "providers")
    if providers is None:
        return _before(plugins, ("providers:", *_ENTRY))
    if not isinstance(providers, yaml.SequenceNode) or providers.flow_style:
        return None
    return _before(providers, _ENTRY)


def _before(node: Any, lines: Iterable[str]) -> tuple[int, list[str]]:
    indent = " " * node.start_mark.column
    return node.start_mark.line, [indent + line for line in lines]


def _entry(node: Any, name: str) -> Any:
    return next((value for key, value in node.value if key.value == name), None)


def _problem(project: Path, message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(
        Problem(Stage.CONFIG, project.name, (), message, hint, file=str(project))
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
