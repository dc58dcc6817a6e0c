"""An exported ledger brought back into the outputs of a stack."""

from __future__ import annotations

from pathlib import Path

from openchoreo.cli.exported_state import ExportedState
from openchoreo.cli.stacks import full_names
from openchoreo.cli.words import counted
from openchoreo.delivery import joined, load_export
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.workspace.stack_files import environment_of


def restore(file: Path, stack: str) -> str:
    """What was done. Raises OpenChoreoError where the file is not of this stack's environment, not
    whole, or older than what the stack holds in another way.
    """
    found = load_export(read_text(file), source=str(file))
    (name,) = full_names([stack])
    _check_environment(file, found.ledger.environment, name)
    state = ExportedState(name)
    own, kept = state.loaded()
    ledger = joined(own, found.ledger, source=str(file))
    documents = found.documents.merged(kept).without(ledger.redacted)
    before = dict(state.outputs)
    state.hold(ledger, documents)
    if state.outputs == before:
        return f"{name} holds all of {file} already; nothing was changed"
    state.write()
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
