"""The program pulumi, asked for JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from openchoreo.errors import OpenChoreoError, Problem, Stage


def ask(*arguments: str) -> Any:
    """What `pulumi <arguments> --json` prints. Raises OpenChoreoError where it cannot be asked."""
    said = run(*arguments, "--json")
    try:
        return json.loads(said)
    except ValueError:
        message = f"`{_shown(arguments)}` printed no JSON"
        raise OpenChoreoError(_problem(message, "is it Pulumi? see: pulumi version")) from None


def run(*arguments: str, given: str | None = None) -> str:
    """Its standard output; `given` is its standard input."""
    command = ["pulumi", *arguments, "--non-interactive"]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, input=given
        )
    except FileNotFoundError:
        raise OpenChoreoError(_not_there()) from None
    if done.returncode:
        said = done.stderr.strip().removeprefix("error: ")
        raise OpenChoreoError(_failed(arguments, said))
    return done.stdout


def show(*arguments: str, also: Mapping[str, str] | None = None) -> int:
    """Runs it on the caller's terminal, with these variables as well. Its exit code."""
    command = ["pulumi", *arguments, "--non-interactive"]
    try:
        environment = {**os.environ, **(also or {})}
        return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603
    except FileNotFoundError:
        raise OpenChoreoError(_not_there()) from None


def _failed(arguments: tuple[str, ...], said: str) -> Problem:
    """What is usual in plain words; the rest as Pulumi says it."""
    for part, message, hint in _USUAL:
        if part in said:
            return _problem(message, hint)
    return _problem(f"`{_shown(arguments)}` failed: {said}", "")


_USUAL = (
    (
        "no Pulumi.yaml project file",
        "there is no Pulumi.yaml here, nor in a directory above",
        "go to the directory of the Pulumi project, or make one: openchoreo init",
    ),
    (
        "must be set for login",
        "nobody is logged in to a backend",
        "pulumi login, or name one: export PULUMI_BACKEND_URL=<url>",
    ),
    (
        "passphrase must be set",
        "the passphrase of the stack is not known",
        "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    ),
)
"""What Pulumi says, what it means, and what to do."""


def _not_there() -> Problem:
    hint = 'install Pulumi, or use the engine that make built: eval "$(make -s env)"'
    return _problem("pulumi is not on PATH", hint)


def _shown(arguments: tuple[str, ...]) -> str:
    return " ".join(("pulumi", *(one for one in arguments if one != "--json")))


def _problem(message: str, hint: str) -> Problem:
    return Problem(Stage.LEDGER, "pulumi", (), message, hint)
