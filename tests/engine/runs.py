"""Runs that a test starts, stops and looks at while they go on."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine import stops
from tests.engine.conftest import WEATHER, Finished, Repository

COMPONENTS = f"{WEATHER}/components"

UP = ("up", "--yes", "--skip-preview", "--suppress-outputs")

LOCKED = re.compile(
    r"error: the stack is currently locked by 1 lock\(s\)\. Either wait for the other process\(es\)"
    r" to end or delete the lock file with `pulumi cancel`\.\n"
    r"  file://\S+/locks/organization/shop/development/\S+\.json\S*:"
    r" created by \S+ \(pid \d+\) at \S+\n"
)
"""What the engine says where another update of development runs, or was killed."""

_PATIENCE = 120  # seconds, after which a run that should have got somewhere is a failure


def start(
    repository: Repository, stack: str, *arguments: str, **variables: str
) -> subprocess.Popen[str]:
    """A command in a session and process group of its own, as a shell starts it."""
    return subprocess.Popen(
        ["pulumi", *arguments, "--non-interactive", "--stack", stack],
        cwd=repository.root,
        env={**repository.environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> Finished:
    stdout, stderr = process.communicate(timeout=_PATIENCE)
    return Finished(process.returncode, stdout, stderr)


def killed_at(repository: Repository, point: str, *flags: str, **variables: str) -> int:
    """The exit code of an update of development that is killed at a point of its program."""
    return finished(start(repository, "development", *UP, *flags, STOP_AT=point, **variables)).code


@contextmanager
def held_at(
    repository: Repository, point: str, *flags: str, stack: str = "development"
) -> Generator[subprocess.Popen[str]]:
    """An update that stands at a point of its program, and goes on after the block."""
    marker = repository.root / f".held-{stack}"
    process = start(repository, stack, *UP, *flags, STOP_AT=point, STOP_AND_HOLD=str(marker))
    try:
        _wait_for(marker, process)
        yield process
    finally:
        marker.unlink(missing_ok=True)


def _wait_for(marker: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not marker.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"{marker.name} was never reached"
        time.sleep(0.01)


def stoppable(repository: Repository) -> Repository:
    repository.write("__main__.py", stops.PROGRAM)
    return repository


def new_images(repository: Repository) -> None:
    for component in ("forecast", "dashboard"):
        repository.set_image(component, "next")


def add_component(repository: Repository, name: str) -> None:
    """A component like the forecast, under another name."""
    for file in ("component.yaml", "workload.yaml"):
        text = (repository.root / COMPONENTS / "forecast" / file).read_text()
        repository.write(f"{COMPONENTS}/{name}/{file}", text.replace("forecast", name))


def told(done: Finished) -> str:
    """What a run says of the stack or of one resource, without the engine's indentation."""
    part = done.text.partition("Diagnostics:\n")[2].partition("\nResources:")[0]
    lines = part.splitlines()[1:]
    return "\n".join(line.removeprefix("    ") for line in lines).strip()


def named(repository: Repository, part: str, stack: str = "development") -> set[str]:
    """The files of a stack that have this in their name."""
    files = repository.files("manifests")
    return {name for name in files if name.startswith(f"{stack}/") and part in name}


def urn_of(repository: Repository, kind: str, component: str, stack: str = "development") -> str:
    done = repository.pulumi("stack", "--show-urns", stack=stack)
    (urn,) = re.findall(rf"urn:\S+:{kind}::\S*{component}\S*", done.stdout)
    return urn


def said(outputs: str) -> Any:
    """What a ledger says, without the times and persons of single runs."""
    ledger = json.loads(json.loads(outputs)["pipeline"])
    records = [one for chain in ("components", "projects") for one in ledger[chain].values()]
    for record in records:
        record["history"] = [
            {key: value for key, value in entry.items() if key not in {"since", "by"}}
            for entry in record["history"]
        ]
    ledger["sets"] = [
        {key: value for key, value in one.items() if key not in {"since", "by"}}
        for one in ledger.get("sets", [])
    ]
    return {key: value for key, value in ledger.items() if key != "digest"}


def states(repository: Repository, stack: str = "development") -> dict[str, list[str]]:
    """Component -> the states and releases of its history, newest first."""
    return {
        key.partition("/")[2]: [f"{entry['state']} {entry['name']}" for entry in record["history"]]
        for key, record in repository.ledger(stack).get("components", {}).items()
    }


def assert_settled(repository: Repository, stack: str = "development") -> None:
    """A further run changes no resource, no byte of the outputs and no file."""
    before = repository.raw_outputs(stack), repository.files("manifests")
    repository.deployed(stack, "--expect-no-changes")
    assert (repository.raw_outputs(stack), repository.files("manifests")) == before
