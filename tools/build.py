"""Builds the Pulumi engine from Go modules and puts a language host beside it.

For machines that cannot reach Pulumi's own distribution. The versions are those of
tools/engine/go.mod and go.sum; the language host beside the engine is tools/language-host.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.console import INSTALLER, ROOT
from tools.gomodules import Program, cache, compile_program, lock, replacing
from tools.versions import Version, written

LANGUAGE_HOST = ROOT / "tools" / "language-host"
STAMPED = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def program(version: Version) -> Program:
    return Program(
        name="the Pulumi engine",
        version=written(version),
        module=ROOT / "tools" / "engine",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        # Without the stamp the engine calls itself 3.0.0 and version checks fail.
        stamps=(f"{STAMPED}=v{written(version)}",),
        effort="5 to 11 minutes on 2 cores, 270 MB of downloads",
        instead=f"Pulumi with the official installer ({INSTALLER})",
        log="build.log",
    )


def ensure(version: Version) -> Path:
    """The directory of the built engine and its language host; builds what is missing."""
    pulumi = program(version)
    hosts = [path for path in sorted(LANGUAGE_HOST.iterdir()) if path.is_file()]
    engine = cache() / "engine" / pulumi.key(hosts)
    if engine.is_dir():
        return engine
    with lock(cache() / "engine.lock", pulumi.name):
        if not engine.is_dir():
            binary = ensure_binary(pulumi)
            with replacing(engine) as fresh:
                link(binary, fresh / "pulumi")
                for path in hosts:
                    shutil.copy(path, fresh / path.name)
    return engine


def ensure_binary(pulumi: Program) -> Path:
    built = cache() / "build" / pulumi.key()
    if not built.is_dir():
        with replacing(built) as fresh:
            compile_program(pulumi, fresh / "pulumi")
    return built / "pulumi"


def link(source: Path, target: Path) -> None:
    """The engine has over 100 MB: a second name costs nothing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def is_ours(path: Path) -> bool:
    return path.resolve().is_relative_to(cache().resolve())
