"""`make setup`: the project's virtual environment, as requirements-dev.txt describes it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.console import ROOT, GiveUp, main, say

VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements-dev.txt"
STAMP = ".requirements"  # in the environment: the digest of what was installed there


def ensure() -> Path:
    """Install what is missing; a second call looks at one file."""
    wanted = digest(REQUIREMENTS)
    stamp = VENV / STAMP
    if python_of(VENV).exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return VENV
    say(f"Installing {REQUIREMENTS.name} into {VENV.relative_to(ROOT)} (once, about a minute)")
    install(VENV, REQUIREMENTS)
    stamp.write_text(wanted, "utf-8")
    return VENV


def install(venv: Path, requirements: Path) -> None:
    """With uv where it is on PATH, else with venv and pip; hashes are checked by both."""
    uv = shutil.which("uv")
    python = python_of(venv)
    if not python.exists():
        create = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
        extra = ["--python", sys.executable] if uv else []
        call([*create, *extra, str(venv)])
    installer = (
        [uv, "pip", "install", "--quiet", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    call([*installer, "--require-hashes", "--requirement", str(requirements)])


def python_of(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def call(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise GiveUp(f"`{' '.join(command)}` failed ({problem})") from problem


def setup() -> int:
    ensure()
    return 0


if __name__ == "__main__":
    main(setup)
