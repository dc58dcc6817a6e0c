"""`make engine`: the directory of a Pulumi engine that will do.

`pulumi` from PATH with its own language host where it is new enough; where there is none, one
built from Go modules. Prints the directory; what it does meanwhile goes to standard error.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import build
from tools.console import INSTALLER, GiveUp, main, say
from tools.versions import BELOW, Version, parse, pinned, written

LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A `pulumi` on PATH."""

    path: str
    printed: str  # what `pulumi version` said
    language_host: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    directory: Path
    version: str
    built: bool


def ensure() -> Engine:
    pin = pinned()
    found = on_path()
    if found is None:
        return Engine(directory=build.ensure(pin), version=written(pin), built=True)
    return Engine(
        directory=Path(found.path).parent, version=written(accept(found, pin)), built=False
    )


def on_path() -> Found | None:
    """The user's own Pulumi. One that we built, on PATH by `make env`, is not."""
    path = shutil.which("pulumi")
    if path is None or build.is_ours(Path(path)):
        return None
    beside = [Path(path).parent, Path(path).resolve().parent]
    host = any((each / LANGUAGE_HOST).exists() for each in beside) or shutil.which(LANGUAGE_HOST)
    return Found(path=path, printed=version_of(path), language_host=bool(host))


def accept(found: Found, pin: Version) -> Version:
    """Its version, or one sentence why it will not do."""
    version = parse(found.printed)
    if version is None:
        what = f"{found.path} does not tell its version"
    elif version < pin:
        what = f"pulumi {written(version)} at {found.path} is too old, {written(pin)} is needed"
    elif version >= BELOW:
        what = (
            f"pulumi {written(version)} at {found.path} is too new, "
            f"a version from {written(pin)} and below {BELOW[0]} is needed"
        )
    elif not found.language_host:
        what = f"pulumi {written(version)} at {found.path} comes without {LANGUAGE_HOST}"
    else:
        return version
    raise GiveUp(
        f"{what}: install Pulumi with the official installer ({INSTALLER}), or take this one off "
        "PATH to have one built from Go modules"
    )


def version_of(path: str) -> str:
    """What `pulumi version` prints, remembered as long as the file is the same."""
    state = Path(path).resolve().stat()
    file = [path, state.st_mtime_ns, state.st_size]
    memory = build.cache() / "found.json"
    try:
        remembered = json.loads(memory.read_text("utf-8"))
        if remembered["file"] == file:
            return remembered["printed"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    printed = ask(path)
    if parse(printed) is None:
        return printed
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps({"file": file, "printed": printed}), "utf-8")
    return printed


def ask(path: str) -> str:
    quiet = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run(
        [path, "version"], capture_output=True, check=False, text=True, env=quiet
    )
    return answer.stdout.strip()


def describe(engine: Engine) -> str:
    origin = "built from Go modules, with our own language host" if engine.built else "from PATH"
    return f"Pulumi {engine.version} ({origin})"


def command() -> int:
    engine = ensure()
    say(describe(engine))
    print(engine.directory)
    return 0


if __name__ == "__main__":
    main(command)
