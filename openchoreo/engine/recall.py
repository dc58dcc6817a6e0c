"""Reads what this stack and its upstreams recorded, before the first resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from openchoreo.delivery import (
    Ledger,
    ReleaseStore,
    Upstream,
    empty_ledger,
    load_ledger,
    load_store,
)
from openchoreo.document import Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.plan import Recalled

ReadOutputs = Callable[[str], Object | None]
"""The last outputs of a stack by its full name; None where there is no such stack."""


def recall(
    stack: str,
    environment: str,
    upstreams: Iterable[tuple[str, str]],
    read_outputs: ReadOutputs,
    *,
    lineage: str,
    exported: ReleaseStore,
) -> Recalled:
    """What is known of `environment`, in `stack`, and of `upstreams`: environment and stack.

    `lineage` is for a stack that has none yet; `exported` are release documents kept outside of
    stacks. Raises OpenChoreoError where a ledger is not whole or is that of another environment.
    """
    outputs = read_outputs(stack) or {}
    ledger = _ledger(outputs, stack) or empty_ledger(lineage, environment)
    if ledger.environment != environment:
        raise OpenChoreoError(_other_environment(stack, ledger.environment, environment))
    documents = _store(outputs, stack)
    found: dict[str, Upstream] = {}
    for name, other in upstreams:
        theirs = read_outputs(other)
        found[name] = _upstream(stack, name, other, theirs)
        if theirs:
            documents = documents.merged(_store(theirs, other))
    documents = documents.merged(exported)
    return Recalled(stack=stack, ledger=ledger, documents=documents, upstreams=found)


def read_exported(directories: Iterable[str]) -> ReleaseStore:
    """Release documents in the *.json files of directories.

    A file holds the output `releases` of a stack: what `pulumi stack output releases` prints.
    Raises OpenChoreoError for a directory or file that is not there or not whole.
    """
    found = Collector()
    store = ReleaseStore()
    for index, name in enumerate(directories):
        directory = Path(name)
        if not directory.is_dir():
            message = f"there is no directory {name}"
            path = ("openchoreo:releases", index)
            found.add(Problem(Stage.CONFIG, "stack config", path, message))
        for file in sorted(directory.glob("*.json")):
            more = found.attempt(lambda file=file: _exported(file))
            store = store.merged(more) if more else store
    found.raise_if_any()
    return store


def _exported(file: Path) -> ReleaseStore:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise OpenChoreoError(Problem(Stage.LEDGER, str(file), (), message)) from None
    return load_store(text, source=str(file))


def _upstream(own: str, environment: str, stack: str, outputs: Object | None) -> Upstream:
    if outputs is not None:
        return Upstream(environment=environment, stack=stack, ledger=_ledger(outputs, stack))
    project, _, short = stack.rpartition("/")
    if project == own.rpartition("/")[0]:
        hint = f"pulumi stack init {short} && pulumi up --stack {short}"
    else:
        hint = f"deploy that stack first, or mend upstreams.{environment}.stack in policy.yaml"
    problem = f"there is no stack {stack}"
    return Upstream(environment=environment, stack=stack, problem=problem, hint=hint)


def _ledger(outputs: Object, stack: str) -> Ledger | None:
    text = outputs.get("pipeline")
    if text is None:
        return None
    return load_ledger(_text(text, stack, "pipeline"), source=f"Stack {stack}")


def _store(outputs: Object, stack: str) -> ReleaseStore:
    text = outputs.get("releases")
    if text is None:
        return ReleaseStore(source=f"Stack {stack}")
    return load_store(_text(text, stack, "releases"), source=f"Stack {stack}")


def _text(value: object, stack: str, output: str) -> str:
    if isinstance(value, str):
        return value
    message = f"its output {output} is not the text that this program writes"
    hint = "is it the stack of another program? policy.yaml can name another one under upstreams"
    raise OpenChoreoError(Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint))


def _other_environment(stack: str, found: str, wanted: str) -> Problem:
    message = f"it holds the ledger of {found}, and the config says {wanted}"
    hint = f"set openchoreo:environment back to {found}, or use another stack for {wanted}"
    return Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint)
