"""The stand-in for the engine lets a program run exactly to its first registration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import tree
from bench.projects import OURS, OUTPUTS

ROOT = Path(__file__).parents[2]
REGISTERS = """\
import pulumi

print("before", flush=True)
pulumi.ComponentResource("openchoreo:index:Anything", "any")
"""


@pytest.fixture
def probe(tmp_path):
    def run(program):
        (tmp_path / "__main__.py").write_text(program)
        (tmp_path / OUTPUTS).write_text("{}")
        command = [sys.executable, "-P", "-m", "bench.probe", str(tmp_path)]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
        )

    return run


def test_a_program_ends_well_with_its_first_registration(probe):
    done = probe(REGISTERS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "before\n", "")


def test_our_own_program_gets_there(probe, tmp_path):
    tree.write(tmp_path / "definitions", 2)
    done = probe(OURS)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_that_registers_nothing_is_no_measurement(probe):
    done = probe("")
    assert (done.returncode, done.stderr) == (1, "the program registered nothing\n")
