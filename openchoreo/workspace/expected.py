"""What was reviewed, as files: plans/<environment>/<64 hex digits>.json."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import cast

from openchoreo.document import Object, canonical, digest
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import Plan, fingerprint, unexpected

FOLDER = Path("plans")


def program_version() -> str:
    """Of this package, where it is installed."""
    try:
        return metadata.version("openchoreo")
    except metadata.PackageNotFoundError:
        return "work tree"


def saved_as(environment: str, digest_: str) -> Path:
    return FOLDER / environment / f"{digest_.removeprefix('sha256:')}.json"


def saved_text(content: Object) -> str:
    """As it is kept: one line for each key, so that git shows what differs."""
    return json.dumps(json.loads(canonical(content)), indent=2, ensure_ascii=False) + "\n"


def check_expected(plan: Plan, expected: str) -> None:
    """Raises OpenChoreoError where this is not the run that was reviewed."""
    if not expected:
        return
    found = fingerprint(plan, program_version())
    problem = unexpected(expected, found, _reviewed(plan.environment, expected))
    if problem:
        raise OpenChoreoError(problem)


def _reviewed(environment: str, expected: str) -> Object | None:
    """None where there is no file, or another content in it."""
    try:
        content: object = json.loads(saved_as(environment, expected).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    reviewed = cast("Object", content)
    return reviewed if digest(reviewed) == expected else None
