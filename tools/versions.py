"""Which Pulumi is wanted, and which ones will do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tools.console import ROOT

Version = tuple[int, int, int]
BELOW: Version = (4, 0, 0)  # the next major version may speak another protocol


def pinned(pyproject: Path = ROOT / "pyproject.toml") -> Version:
    """The version of Pulumi's SDK, which is the engine's too: they are released together."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    pin = next(line for line in project["dependencies"] if line.startswith("pulumi=="))
    version = parse(pin.removeprefix("pulumi=="))
    assert version is not None, pin
    return version


def parse(text: str) -> Version | None:
    """The version in what a program prints (`v3.259.0`, `go version go1.26 linux/amd64`)."""
    match = re.search(r"(?:^|\s|v|go)(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    if match is None:
        return None
    major, minor, patch = match.groups(default="0")
    return int(major), int(minor), int(patch)


def written(version: Version) -> str:
    return ".".join(map(str, version))
