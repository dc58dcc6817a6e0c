"""An exported ledger brought back into the outputs of a stack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openchoreo.cli import pulumi
from openchoreo.cli.stacks import full_names, recorded_in
from openchoreo.cli.words import counted
from openchoreo.delivery import ReleaseStore, joined, load_export, summary, urls
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.workspace.stack_files import environment_of

_ROOT = "pulumi:pulumi:Stack"


def restore(file: Path, stack: str) -> str:
    """What was done. Raises OpenChoreoError where the file is not of this stack's environment, not
    whole, or older than what the stack holds in another way.
    """
    found = load_export(read_text(file), source=str(file))
    (name,) = full_names([stack])
    _check_environment(file, found.ledger.environment, name)
    state = json.loads(pulumi.run("stack", "export", "--stack", name))
    outputs = outputs_in(state, name)
    recorded = recorded_in(name, outputs)
    own, kept = recorded.loaded() if recorded.pipeline else (None, ReleaseStore())
    ledger = joined(own, found.ledger, source=str(file))
    documents = found.documents.merged(kept).without(ledger.redacted)
    before = dict(outputs)
    outputs["pipeline"] = ledger.dumps()
    outputs["releases"] = documents.dumps()
    outputs["summary"] = summary(ledger)
    outputs["urls"] = urls(ledger)
    if outputs == before:
        return f"{name} holds all of {file} already; nothing was changed"
    pulumi.run("stack", "import", "--stack", name, given=json.dumps(state))
    components = counted(len(ledger.components), "component")
    return (
        f"{name} has its ledger of {ledger.environment} back, {components}; "
        f"next: pulumi up --stack {name.rpartition('/')[2]}"
    )


def _check_environment(file: Path, found: str, stack: str) -> None:
    wanted = environment_of(stack.rpartition("/")[2])
    if found == wanted:
        return
    message = f"is the ledger of {found}, and stack {stack} is for {wanted}"
    hint = "name the file of that environment, or the stack of this one"
    raise OpenChoreoError(Problem(Stage.LEDGER, str(file), (), message, hint))


def read_text(file: Path) -> str:
    """Raises OpenChoreoError where it cannot be read."""
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise _refused(file, "there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(file, f"cannot be read: {error}") from None


def _refused(file: Path, message: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.LEDGER, str(file), (), message))


def outputs_in(state: dict[str, Any], name: str) -> dict[str, Any]:
    """The outputs in a stack's exported state; one that never ran anything gets its root."""
    deployment = state["deployment"]
    resources: list[dict[str, Any]] = deployment.setdefault("resources", [])
    found: list[dict[str, Any]] = [one for one in resources if one["type"] == _ROOT]
    if not found:
        _, project, short = name.split("/")
        urn = f"urn:pulumi:{short}::{project}::{_ROOT}::{project}-{short}"
        found = [{"urn": urn, "custom": False, "type": _ROOT}]
        resources[:0] = found
    outputs: dict[str, Any] = found[0].setdefault("outputs", {})
    return outputs
