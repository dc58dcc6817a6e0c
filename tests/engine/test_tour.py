"""docs/tour.md, typed as it stands there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.console import commands_of, matches, outputs, updated

pytestmark = [pytest.mark.engine, pytest.mark.long]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/tour.md"


@pytest.fixture
def checkout(tmp_path, engine) -> Path:
    """This work tree as a repository of its own, with nothing deployed."""
    assert engine.is_dir()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    folder = tmp_path / "weather"
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, target)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    git = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.test"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "begin"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return folder


@pytest.fixture
def surroundings() -> dict[str, str]:
    """Those of somebody who has no Pulumi yet."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    return {**kept, "NO_COLOR": "1", "USER": "ada", "GITHUB_ACTOR": "ada", "COLUMNS": "200"}


def test_every_command_prints_what_the_page_says(checkout, surroundings):
    commands = commands_of(PAGE)
    printed = outputs(commands, checkout, surroundings)
    if os.environ.get("UPDATE"):
        PAGE.write_text(updated(PAGE, printed))
    odd = [
        f"$ {one.text}\n{said}"
        for one, said in zip(commands_of(PAGE), printed, strict=True)
        if not matches(one.output, said)
    ]
    assert not odd, "\n\n".join(odd)
    assert len(commands) > 30
