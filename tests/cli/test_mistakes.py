"""What beginners are told: the message alone is enough to mend each mistake."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from openchoreo.config import parse
from tests.cli.mistakes import MISTAKES
from tests.cli.stacks import answers
from tests.forecast.exports import Deployed

ROOT = Path(__file__).parents[2]
MESSAGES = Path(__file__).parent / "mistakes.md"


class Example(Deployed):
    """The example of this repository, whose definitions are files already."""

    def write(self) -> Path:
        return self.root


@pytest.fixture
def example(tmp_path, monkeypatch) -> Example:
    shutil.copytree(ROOT / "definitions", tmp_path / "definitions")
    for stack in ("development", "staging", "production"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    monkeypatch.chdir(tmp_path)
    world = Example(Path("definitions"))
    world.run()
    return world


def told(example: Example, pulumi, run, mistake) -> str:
    release = example.current("default/forecast")
    mistake.do(Path(), release)
    pulumi(answers(example, "staging", "production"))
    done = run("diff", "--env", mistake.stack)
    assert done.exit_code == 1, done.output
    said = done.stderr or done.stdout
    assert "Traceback" not in said
    return said.partition("The run would be refused\n")[2] or said


def sections() -> dict[str, str]:
    """Mistake -> what is said, from the page."""
    found: dict[str, str] = {}
    for part in MESSAGES.read_text().split("\n## ")[1:]:
        name, _, rest = part.partition("\n")
        found[name] = rest.partition("```text\n")[2].partition("```")[0]
    return found


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_the_message_says_what_to_do(example, pulumi, run, mistake):
    said = told(example, pulumi, run, mistake)
    if os.environ.get("UPDATE"):
        text = MESSAGES.read_text() if MESSAGES.exists() else "# What beginners are told\n"
        MESSAGES.write_text(f"{text}\n## {mistake.name}\n\n```text\n{said.rstrip()}\n```\n")
    assert said.rstrip() + "\n" == sections()[mistake.name]


def test_each_of_them_is_on_the_page():
    assert list(sections()) == [one.name for one in MISTAKES]
    assert len(MISTAKES) >= 20


def test_a_sound_example_says_nothing(example, pulumi, run):
    pulumi(answers(example, "staging", "production"))
    assert parse({}, stack="staging").environment == "staging"
    assert run("diff", "--env", "development").output == "Nothing changes in development.\n"
