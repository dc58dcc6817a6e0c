"""What a user sees of a program that ends well or badly, whichever language host runs it."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tools import engine, stack, virtualenv
from tools.console import ROOT

LAUNCHER = ROOT / "tools" / "language-host" / "pulumi-language-python"

PROGRAM = """\
import os
import sys
import time

import pulumi

print("cwd", os.getcwd() == os.path.dirname(os.path.abspath(__file__)), sys.argv[1:], flush=True)


def refuse(_):
    raise pulumi.RunError("refused in apply")


way = pulumi.Config("tiny").get("way")
if way == "refusal":
    raise pulumi.RunError("first line\\n  second line")
if way == "apply":
    pulumi.export("never", pulumi.Output.from_input(1).apply(refuse))
if way == "bug":
    pulumi.export("n", 1 / 0)
if way == "exit":
    sys.exit(3)
if way == "leave":
    sys.exit(0)
if way == "sleep":
    time.sleep(60)
pulumi.export("n", 1)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small program with a stack of its own; a function that starts pulumi for it."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "state").mkdir()
    (folder / "__main__.py").write_text(PROGRAM, "utf-8")
    (folder / "Pulumi.yaml").write_text(
        "name: tiny\nruntime:\n  name: python\n  options:\n"
        f"    toolchain: pip\n    virtualenv: {virtualenv.VENV}\n",
        "utf-8",
    )
    chosen = engine.ensure()
    store = stack.Backend(url=f"file://{folder}/state", why="this test", chosen=True)
    environment = os.environ | stack.additions({}, chosen, store, folder)
    environment |= {
        "PATH": f"{chosen.directory}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_HOME": str(folder / "home"),
    }

    def start(*arguments):
        return subprocess.Popen(
            ["pulumi", *arguments, "--color=never", "--non-interactive"],
            cwd=folder,
            env=environment,
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
        )

    start("stack", "init", "dev").communicate(timeout=60)
    return start


def up(project, way):
    process = project("up", "--yes", "--skip-preview", "--stack=dev", f"--config=tiny:way={way}")
    shown, _ = process.communicate(timeout=60)
    return process.returncode, shown


def diagnostics(shown):
    """The part that lists every message once, whole."""
    told = shown.partition("Diagnostics:\n")[2]
    return re.split(r"^(?:Outputs|Resources):$", told, flags=re.MULTILINE)[0]


@pytest.mark.engine
class TestPrograms:
    def test_what_a_program_prints_is_shown(self, project):
        code, shown = up(project, "well")
        assert code == 0
        assert "    cwd True []\n" in diagnostics(shown)
        assert "    n: 1\n" in shown

    def test_a_refusal_is_one_message_without_traceback(self, project):
        code, shown = up(project, "refusal")
        assert code != 0
        told = diagnostics(shown)
        assert told.count("    error: first line\n      second line\n") == 1
        assert told.count("first line") == 1
        assert told.count("error:") == 1
        assert "Traceback" not in shown

    def test_a_refusal_in_apply_is_the_same(self, project):
        code, shown = up(project, "apply")
        assert code != 0
        told = diagnostics(shown)
        assert told.count("refused in apply") == 1
        assert told.count("error:") == 1
        assert "Traceback" not in shown

    def test_a_bug_keeps_its_traceback(self, project):
        code, shown = up(project, "bug")
        assert code != 0
        told = diagnostics(shown)
        assert told.count("Traceback (most recent call last):") == 1
        assert told.count("ZeroDivisionError: division by zero") == 1
        assert 'pulumi.export("n", 1 / 0)' in told

    @pytest.mark.parametrize(("way", "fails"), [("exit", True), ("leave", False)])
    def test_an_exit_code_counts(self, project, way, fails):
        code, _ = up(project, way)
        assert (code != 0) == fails

    @pytest.mark.skipif(sys.platform != "linux", reason="the limit is that of Linux")
    def test_config_that_cannot_be_passed_is_refused(self, project):
        process = project("config", "set", "tiny:much", "x" * 100_000, "--stack=dev")
        assert process.wait(60) == 0
        process = project("config", "set", "tiny:more", "x" * 40_000, "--stack=dev")
        assert process.wait(60) == 0
        try:
            code, shown = up(project, "well")
        finally:
            for key in ("tiny:much", "tiny:more"):
                project("config", "rm", key, "--stack=dev").wait(60)
        assert code != 0
        assert "PULUMI_CONFIG" in shown or "argument list too long" in shown

    def test_an_interrupt_ends_the_run_and_leaves_no_lock(self, project):
        process = project("up", "--yes", "--skip-preview", "--stack=dev", "-c=tiny:way=sleep")
        shown = ""
        while "cwd True" not in shown:
            shown = process.stdout.readline()
            assert shown, "the program was never started"
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode != 0
        assert time.monotonic() - interrupted < 8  # the engine would wait ten seconds
        assert up(project, "well")[0] == 0


@pytest.mark.parametrize(
    "line",
    [
        "runtime:\n  name: python\n  options:\n    virtualenv: my env\n",
        'runtime:\n  options:\n    virtualenv: "my env"  # where it is\n',
        "runtime:\n  options:\n    virtualenv: my env # where it is\n",
        "runtime: {name: python, options: {toolchain: pip, virtualenv: 'my env'}}\n",
        "runtime: {name: python, options: {virtualenv: my env, toolchain: pip}}\n",
    ],
)
def test_the_virtual_environment_of_the_project_is_used(tmp_path, line):
    (tmp_path / "Pulumi.yaml").write_text(f"name: tiny\n{line}", "utf-8")
    python = tmp_path / "my env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$0" "$@"\n', "utf-8")
    python.chmod(0o755)
    inside = tmp_path / "program" / "deep"
    inside.mkdir(parents=True)
    started = subprocess.run(
        [LAUNCHER, "127.0.0.1:1"], capture_output=True, check=True, cwd=inside, text=True
    )
    assert started.stdout == f"{python} -u -P {LAUNCHER.parent}/language_host.py 127.0.0.1:1\n"


def test_a_missing_virtual_environment_is_said(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("runtime:\n  options:\n    virtualenv: .venv\n", "utf-8")
    started = subprocess.run([LAUNCHER], capture_output=True, check=False, cwd=tmp_path, text=True)
    assert started.returncode == 1
    assert started.stderr == (
        f"there is no Python at {tmp_path}/.venv/bin/python: run 'make setup', "
        "or install requirements.txt there\n"
    )
