"""Completion: scripts for shells, and names from files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.shell_completion import get_completion_class

from openchoreo.cli import completing, main
from openchoreo.cli.completing import component_names, environment_names, stack_names
from openchoreo.cli.shells import SHELLS, register
from tests.plan.definitions import component, environment

ROOT = Path(__file__).parents[2]


def bash_is_new_enough():
    if not shutil.which("bash"):
        return False
    said = subprocess.run(
        ["bash", "-c", "echo ${BASH_VERSINFO[0]} ${BASH_VERSINFO[1]}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(number) for number in said.stdout.split()] >= [4, 4]


@pytest.fixture
def complete(monkeypatch):
    """What a shell is offered after these words, of which the last is not finished."""
    register()
    monkeypatch.setattr("openchoreo.cli._COMPLETING", True)
    found = get_completion_class("bash")(main, {}, "openchoreo", completing.VARIABLE)
    return lambda *words: [one.value for one in found.get_completions([*words[:-1]], words[-1])]


def stack_file(name, **config):
    keyed = {f"openchoreo:{key}": value for key, value in config.items()}
    Path(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": keyed}))


class TestNames:
    def test_of_components(self, world):
        world.define(component("page"), component("api"))
        world.write()
        assert [*component_names()] == ["api", "greeter", "page"]
        assert [*component_names("default/")] == ["default/api", "default/greeter", "default/page"]

    def test_of_components_in_several_namespaces(self, world):
        world.define(component("page"), component("greeter", namespace="other"))
        world.write()
        assert [*component_names()] == ["default/greeter", "page", "other/greeter"]

    def test_of_environments(self, world):
        world.define(environment("lab"))
        world.write()
        assert [*environment_names()] == ["development", "staging", "production", "lab"]

    def test_of_stacks(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for name in ("b", "a.c"):
            stack_file(name)
        Path("Pulumi.yaml").write_text("")
        assert [*stack_names()] == ["a.c", "b"]
        assert [*environment_names()] == ["a.c", "b"]

    @pytest.mark.parametrize(
        "text",
        [
            "kind: Component\nmetadata:\n  name: x\n",
            "# kind: Project\nkind: 'Component'\nspec: {}\nmetadata:\n  # named\n\n  name: \"x\"\n",
            "metadata: {namespace: other, name: x}\nkind: Component # ours\n",
            "kind: Project\nmetadata:\n  name: y\n---\nmetadata:\n  name: x\nkind: Component\n",
            "kind: Component\nmetadata:\n  name: x\n  labels:\n    name: z\nspec:\n  name: y\n",
            "metadata:\n    name: x\n    namespace: a\nspec:\n    kind: Project\nkind: Component",
        ],
    )
    def test_however_it_is_written(self, tmp_path, monkeypatch, text):
        monkeypatch.chdir(tmp_path)
        Path("definitions").mkdir()
        Path("definitions/a.yml").write_text(text)
        assert [*component_names()] == ["x"]

    @pytest.mark.parametrize("written", ["[gitops, more]", "\n    - gitops\n    - 'more'"])
    def test_where_stack_files_say(self, tmp_path, monkeypatch, written):
        monkeypatch.chdir(tmp_path)
        Path("Pulumi.dev.yaml").write_text(f"config:\n  openchoreo:definitions: {written}\n")
        for name in ("gitops", "more", "definitions"):
            Path(name).mkdir()
            Path(name, "x.yaml").write_text(f"kind: Component\nmetadata:\n  name: of-{name}\n")
        assert [*component_names()] == ["of-gitops", "of-more"]


class TestCommands:
    def test_their_names(self, complete):
        assert complete("re") == ["releases", "render"]
        assert complete("--v") == ["--version"]
        assert complete("ledger", "ex") == ["export"]

    def test_their_options(self, complete):
        assert complete("drift", "--st") == ["--stack"]

    @pytest.mark.usefixtures("world")
    def test_values_of_options(self, complete):
        stack_file("dev")
        assert complete("status", "--stack", "") == ["dev"]
        assert complete("render", "--environment", "st") == ["staging"]
        assert complete("render", "--component", "") == ["greeter"]
        assert complete("nothing-of-ours", "--stack", "") == ["dev"]

    @pytest.mark.usefixtures("world")
    def test_values_with_an_equals_sign_and_arguments(self, complete):
        assert complete("render", "--environment=st") == ["staging"]
        assert complete("promote", "gr") == ["greeter"]

    @pytest.mark.usefixtures("world")
    def test_other_values_are_as_they_were(self, complete):
        assert complete("graph", "-o", "m") == ["mermaid"]
        assert complete("workload", "create", "--image", "") == []

    @pytest.mark.usefixtures("world")
    def test_every_stack_and_environment_completes(self, complete):
        """By the names that parameters have in all commands."""
        stack_file("dev")
        for name in main.list_commands(click.Context(main)):
            command = main.get_command(click.Context(main), name)
            leaves = [*command.commands.values()] if isinstance(command, click.Group) else [command]
            for leaf in leaves:
                for one in leaf.params:
                    if {"--stack", "--env", "--environment"} & {*one.opts}:
                        assert isinstance(one.type, completing.Named), (name, one)
        assert complete("doctor", "--environment", "pro") == ["production"]


class TestNothingFails:
    def test_no_directory(self, complete, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert complete("render", "--component", "") == []
        assert complete("drift", "--stack", "") == []

    def test_what_cannot_be_read(self, complete, world):
        world.write()
        Path("definitions/x.yaml").symlink_to("nowhere")
        Path("Pulumi.dev.yaml").mkdir()
        assert complete("render", "--component", "") == []

    def test_bytes(self, complete, world):
        world.write()
        Path("definitions/a.yaml").write_bytes(b"\xff Component \x00")
        assert complete("render", "--component", "") == ["greeter"]

    def test_too_many_files(self, complete, world, monkeypatch):
        world.write()
        monkeypatch.setattr(completing, "_MOST_FILES", 0)
        assert complete("render", "--component", "") == []

    def test_too_long(self, complete, world, monkeypatch):
        world.write()
        monkeypatch.setattr(completing, "_SECONDS", -1)
        assert complete("render", "--component", "") == []


class TestScripts:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_for_each_shell(self, run, shell):
        done = run("completion", shell)
        assert (done.exit_code, done.stderr) == (0, "")
        assert f"_OPENCHOREO_COMPLETE={shell}_complete" in done.stdout

    def test_another_shell(self, run):
        done = run("completion", "tcsh")
        assert done.exit_code == 2
        assert "'tcsh' is not one of 'bash', 'fish', 'zsh'" in done.stderr

    @pytest.mark.skipif(not bash_is_new_enough(), reason="no bash from 4.4 on here")
    def test_bash_runs_it(self, world, tmp_path, monkeypatch):
        world.write()
        program = tmp_path / "bin/openchoreo"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m openchoreo "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        text = (
            'eval "$(openchoreo completion bash)"\n'
            "COMP_WORDS=(openchoreo render --component gre) COMP_CWORD=3\n"
            "_openchoreo_completion openchoreo\n"
            'echo "${COMPREPLY[@]}"\n'
        )
        done = subprocess.run(
            ["bash", "-c", text], capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.stdout, done.stderr) == ("greeter\n", "")

    def test_names_are_completed_without_the_rest_of_the_package(self, world, monkeypatch):
        world.write()
        words = {"COMP_WORDS": "openchoreo promote --to ", "COMP_CWORD": "3"}
        for name, value in {**words, completing.VARIABLE: "bash_complete"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        program = (
            "import atexit, sys\n"
            "from openchoreo.cli import main\n"
            "heavy = {'pydantic', 'yaml', 'rich', 'pulumi', 'kubernetes'}\n"
            "atexit.register(lambda: print('imported', *sorted(heavy & {*sys.modules})))\n"
            "main(prog_name='openchoreo')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.stdout == ("plain,development\nplain,staging\nplain,production\nimported\n")


class TestCommandsThatAreNone:
    @pytest.mark.parametrize(
        ("typed", "hint"),
        [
            ("statsu", " Did you mean 'status'?"),
            ("validte", " Did you mean 'validate'?"),
            ("xyzzy", ""),
        ],
    )
    def test_the_nearest_is_named(self, run, typed, hint):
        done = run(typed)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.endswith(f"Error: No such command '{typed}'.{hint}\n")

    def test_an_option_that_is_none(self, run):
        done = run("--versoin")
        assert (done.exit_code, "Did you mean '--version'?" in done.stderr) == (2, True)

    @pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
    def test_h_is_help_everywhere(self, run, name):
        done = run(name, "-h")
        assert done.exit_code == 0
        assert done.stdout.startswith(f"Usage: main {name} ")
        command = main.get_command(click.Context(main), name)
        for inner in command.commands if isinstance(command, click.Group) else ():
            done = run(name, inner, "-h")
            assert (done.exit_code, "Examples:" in done.stdout) == (0, True)
        assert isinstance(command, click.Group) or "Examples:" in done.stdout
