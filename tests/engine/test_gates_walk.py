"""docs/gates-walk.md: everything in it is typed on a real engine, and says what it says there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.engine.conftest import ROOT, Repository

pytestmark = [pytest.mark.engine, pytest.mark.long]

PAGE = (ROOT / "docs/gates-walk.md").read_text("utf-8")
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OTHER_EACH_TIME = {
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": "<time>",
    r"\b[0-9a-f]{64}\b": "<digest>",
    r"-[0-9a-f]{12}\b": "-<name>",
}


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block, and the lines that it prints."""
    lines = text.splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start].removeprefix("$ "), lines[start + 1 : end]


def normalised(text: str) -> list[str]:
    for pattern, name in OTHER_EACH_TIME.items():
        text = re.sub(pattern, name, text)
    return [line.rstrip() for line in text.splitlines()]


def missing(expected: list[str], printed: list[str]) -> str:
    """The first line that is not where it should be; `...` stands for any lines between two others."""
    place, anywhere = 0, False
    for dots, group in groupby(expected, lambda line: line == "..."):
        if dots:
            anywhere = True
            continue
        wanted = [*group]
        ends = len(printed) - len(wanted) + 1
        found = range(place, max(place, ends)) if anywhere else [place]
        place = next((p for p in found if printed[p : p + len(wanted)] == wanted), -1)
        if place < 0:
            return "\n".join(wanted)
        place, anywhere = place + len(wanted), False
    return "" if anywhere or place == len(printed) else "\n".join(printed[place:])


def typed(repository: Repository, command: str) -> str:
    path = f"{repository.root / 'bin'}:{repository.environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=repository.root,
        env={**repository.environment, "PATH": path, "COLUMNS": "400"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout


@pytest.fixture
def fresh(new_repository, tmp_path) -> Repository:
    """The example, as nobody has deployed it yet."""
    repository = new_repository(tmp_path / "repository", ROOT / "definitions", "shop")
    repository.write("bin/openchoreo", f'#!/bin/sh\nexec {sys.executable} -m openchoreo "$@"\n')
    Path(repository.root / "bin/openchoreo").chmod(0o755)
    return repository


def test_the_page_is_as_it_is_typed(fresh):
    walked = 0
    for language, text in BLOCK.findall(PAGE):
        if language == "yaml":
            fresh.write(text.partition("\n")[0].removeprefix("# "), text)
            continue
        for command, lines in commands(text):
            printed = typed(fresh, command)
            wrong = missing(normalised("\n".join(lines)), normalised(printed))
            assert not wrong, f"$ {command}\n{wrong}\n\nbut it printed\n{printed}"
            walked += 1
    assert walked == PAGE.count("\n$ ")
    entry = fresh.current("production", "forecast")
    assert [one["by"] for one in entry["approvals"]] == ["ada", "bob"]
    assert [one["check"] for one in entry["attestations"]] == ["load-test"]
    assert entry["policy"]
    fresh.deployed("production", "--expect-no-changes")
