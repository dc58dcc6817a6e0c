"""The commands, run in a folder of their own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from openchoreo.cli import main
from tests.forecast.exports import Deployed
from tests.plan.definitions import component, component_type, data_plane, platform, project
from tests.plan.world import World


@pytest.fixture
def run() -> Callable[..., Result]:
    """A command with its arguments."""
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def world(tmp_path, monkeypatch) -> World:
    """The component greeter of the project shop, as the folder `definitions`."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "definitions"
    folder.mkdir()
    world = World(folder)
    world.define(data_plane(), component_type(), *platform(), project("shop"))
    world.define(*component("greeter"))
    world.write()
    return world


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Deployed:
    """The components api and web of the project shop, deployed to development."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "definitions"
    folder.mkdir()
    world = Deployed(folder)
    world.define(data_plane(), component_type(), *platform(), project("shop"))
    world.define(*component("web"), *component("api"))
    for stack in ("development", "staging", "production"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text("# who runs it\nconfig: {}\n")
    world.run()
    return world


@pytest.fixture
def pulumi(tmp_path, monkeypatch) -> Callable[..., None]:
    """Puts a program on PATH that answers as pulumi: <arguments>=(exit code, text).

    A state that it is to import is in the file `imported.json` afterwards, and all that it was
    asked is in `asked.txt`.
    """

    def answer(answers: dict[str, tuple[int, Any]]) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        table = folder / "answers.json"
        table.write_text(json.dumps(answers))
        program = folder / "pulumi"
        program.write_text(
            f"#!{sys.executable}\n"
            "import json, sys\n"
            f"with open({str(tmp_path / 'asked.txt')!r}, 'a') as file:\n"
            "    file.write(' '.join(sys.argv[1:]) + chr(10))\n"
            f"answers = json.load(open({str(table)!r}))\n"
            "code, text = answers[' '.join(sys.argv[1:])]\n"
            "if sys.argv[1:3] == ['stack', 'import']:\n"
            f"    open({str(tmp_path / 'imported.json')!r}, 'w').write(sys.stdin.read())\n"
            "print(text, file=sys.stderr if code else sys.stdout)\n"
            "sys.exit(code)\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return answer
