"""Pulumi run through its Automation API, with a line for each thing that it has done."""

from __future__ import annotations

from pathlib import Path

import click
from pulumi import automation
from pulumi.automation import EngineEvent, OpType

from openchoreo.delivery.deployed import PACKAGES

_DONE = {
    OpType.CREATE: "created",
    OpType.CREATE_REPLACEMENT: "created anew",
    OpType.UPDATE: "updated",
    OpType.DELETE: "deleted",
    OpType.DELETE_REPLACED: "deleted",
}
_ERROR = "error"


def up(stack: str, *, only_files: bool = False) -> int:
    """`pulumi up` of a stack of this folder. Its exit code.

    Where there are only files, the state is written once, at the end: a file backend writes all of
    it at every step otherwise. A run that is killed before that is repeated, which changes nothing.
    """
    also = {"PULUMI_SKIP_CHECKPOINTS": "true"} if only_files else {}
    options = automation.LocalWorkspaceOptions(env_vars=also)
    try:
        chosen = automation.select_stack(stack, work_dir=str(Path.cwd()), opts=options)
        chosen.up(on_event=_told, continue_on_error=True, suppress_outputs=True, color="never")
    except automation.CommandError as error:
        said = _said(str(error))
        if said:
            click.echo(said, err=True)
        return 1
    click.echo(f"{stack} is up to date", err=True)
    return 0


def _told(event: EngineEvent) -> None:
    if event.res_outputs_event:
        done = event.res_outputs_event.metadata
        if done.op in _DONE and done.type.startswith(PACKAGES):
            kind, name = done.type.rpartition(":")[2], done.urn.rpartition("::")[2]
            click.echo(f"{_DONE[OpType(done.op)]} {kind} {name}", err=True)
    elif event.diagnostic_event and event.diagnostic_event.severity == _ERROR:
        click.echo(event.diagnostic_event.message.strip(), err=True)


def _said(error: str) -> str:
    """What went wrong before there was any event."""
    lines = [line.partition("error: ")[2] for line in error.splitlines() if "error: " in line]
    return f"error: {lines[0].strip()}" if lines else ""
