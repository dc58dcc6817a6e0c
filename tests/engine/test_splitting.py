"""docs/splitting.md: one stack with two projects becomes two, by typing what stands there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from openchoreo.provider import launcher
from tests.engine.conftest import ROOT, Repository
from tests.engine.console import Command, File, matches, outputs, steps_of, updated

pytestmark = [pytest.mark.engine, pytest.mark.long]

PAGE = ROOT / "docs/splitting.md"
STACKS = ("development", "staging")


@pytest.fixture(scope="module", autouse=True)
def ada() -> Iterator[None]:
    """Who runs everything, on any machine."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("GITHUB_ACTOR", "USER"):
            patch.setenv(variable, "ada")
        yield


@pytest.fixture(scope="module")
def deployed(new_repository, tmp_path_factory) -> Repository:
    """shop and payments in one Pulumi project, promoted to staging. Never changed: copy it."""
    root = tmp_path_factory.mktemp("one") / "repository"
    definitions = Path(__file__).parent / "splitting/definitions"
    repository = new_repository(root, definitions, "acme", stacks=STACKS)
    (root / ".venv").symlink_to(ROOT / ".venv")
    launcher.write(root)
    repository.write("policy.yaml", "environments: {staging: {proof: rendered}}\n")
    repository.write("bin/openchoreo", f'#!/bin/sh\nexec {sys.executable} -m openchoreo "$@"\n')
    (root / "bin/openchoreo").chmod(0o755)
    repository.deployed("development")
    repository.pin("staging")
    repository.deployed("staging")
    return repository


@pytest.fixture
def acme(deployed, tmp_path) -> Repository:
    return deployed.copy_to(tmp_path / "repository")


def typed(repository, commands: list[Command]) -> list[str]:
    root = repository.root if (repository.root / "bin").is_dir() else repository.root.parent
    path = f"{root / 'bin'}{os.pathsep}{repository.environment['PATH']}"
    surroundings = {**repository.environment, "PATH": path, "COLUMNS": "200"}
    return outputs(commands, repository.root, surroundings)


def walked(repository, steps: list[File | list[Command]]) -> list[str]:
    """What was printed by all commands."""
    printed: list[str] = []
    for step in steps:
        if isinstance(step, File):
            repository.write(step.path, step.text)
        else:
            printed += typed(repository, step)
    return printed


def payments_of(repository) -> Repository:
    root = repository.root
    return Repository(root / "payments", repository.engine, "payments", backend=root / ".state")


def touched(repository, part="") -> dict[str, tuple[int, int, bytes]]:
    """What tells whether a manifest was written again, even with the same bytes."""
    found = {}
    for file in (repository.root / "manifests").rglob("*.yaml"):
        if part in file.name or part in file.parent.name:
            info = file.stat()
            found[str(file)] = (info.st_ino, info.st_mtime_ns, file.read_bytes())
    assert found
    return found


def records(repository, component, project) -> list[tuple[Any, Any]]:
    """What is recorded of a component and of its project in each environment."""
    ledgers = [repository.ledger(stack) for stack in STACKS]
    return [
        (one["components"][f"default/{component}"], one["projects"][f"default/{project}"])
        for one in ledgers
    ]


def address(repository, stack) -> str:
    """What store is told of charges."""
    (file,) = (repository.root / f"manifests/{stack}").rglob("deployment.apps_store-*.yaml")
    (container,) = yaml.safe_load(file.read_text())["spec"]["template"]["spec"]["containers"]
    return container["env"][0]["value"]


def test_the_page_is_as_it_is_typed(acme):
    payments = payments_of(acme)
    before, files = records(acme, "charges", "payments"), touched(acme)
    own = records(acme, "store", "shop")
    *splitting, promoting = steps_of(PAGE)

    printed = walked(acme, splitting)
    # Nothing was written, not even the same bytes; nothing is lost, and nothing is in both.
    assert touched(acme) == files
    assert records(payments, "charges", "payments") == before
    assert records(acme, "store", "shop") == own
    assert [[*acme.ledger(stack)["components"]] for stack in STACKS] == [["default/store"]] * 2
    for stack in STACKS:
        for one in (acme, payments):
            one.deployed(stack, "--expect-no-changes")
    assert touched(acme) == files

    other = touched(acme, "shop"), [acme.raw_outputs(stack) for stack in STACKS]
    printed += walked(acme, [promoting])
    assert (touched(acme, "shop"), [acme.raw_outputs(stack) for stack in STACKS]) == other
    releases = [payments.current(stack, "charges") for stack in STACKS]
    assert len({one["release"] for one in releases}) == 1
    assert releases[1]["upstream"][0]["stack"] == "organization/payments/development"
    assert [len(one["history"]) for one, _ in records(payments, "charges", "payments")] == [2, 2]

    # The address is what the other stack has recorded, not what the definitions here say.
    there = "http://charges.dp-default-payments-development-91590572.svc.cluster.local"
    acme.edit("definitions/payments/payments.yaml", "port: 8080", "port: 9090")
    acme.deployed("development", "--expect-no-changes")
    assert address(acme, "development") == f"{there}:8080"
    payments.deployed("development")
    done = acme.deployed("development")
    assert "pulumi:pulumi:StackReference organization/payments/development" in done
    assert address(acme, "development") == f"{there}:9090"

    said = [one for step in steps_of(PAGE) if isinstance(step, list) for one in step]
    if os.environ.get("UPDATE"):
        PAGE.write_text(updated(PAGE, printed))
    odd = [
        f"$ {one.text}\n{text}"
        for one, text in zip(said, printed, strict=True)
        if not matches(one.output, text)
    ]
    assert not odd, "\n\n".join(odd)
    assert len(said) > 20


def prepared(acme, *, directory=True) -> Repository:
    """payments as the page has it, before anything was moved; its files elsewhere without `directory`."""
    for step in steps_of(PAGE):
        if isinstance(step, File):
            acme.write(step.path, step.text)
    shutil.copy(acme.root / "policy.yaml", acme.root / "payments")
    payments = payments_of(acme)
    assert payments.pulumi("stack", "init", "development").code == 0
    if not directory:
        payments.unset("development", "dataPlanes")
    return payments


def narrow(acme) -> None:
    acme.set("development", "projects[0]", "shop")
    acme.set("development", "notificationChannels", "true")
    acme.set("development", "projectStacks.payments", "organization/payments/development")


def move(repository, to) -> str:
    command = f"openchoreo move payments --stack development --to {to}"
    (printed,) = typed(repository, [Command(command, "")])
    return printed


def contents(folder: Path) -> dict[str, str]:
    """Manifests of payments."""
    files = {str(one.relative_to(folder)): one for one in folder.rglob("*.yaml")}
    return {name: one.read_text() for name, one in files.items() if "payments" in name}


def test_files_that_go_elsewhere_and_back(acme):
    payments = prepared(acme, directory=False)
    here, there = (one.root / "manifests/development" for one in (acme, payments))
    files, lineage = contents(here), acme.ledger("development")["lineage"]
    narrow(acme)
    state = acme.pulumi("stack", "export", stack="development").stdout
    assert "has default/payments: 1 component" in move(acme, "payments")
    assert contents(here) == files

    # As if the command had been interrupted before it wrote the old stack.
    acme.write("state.json", state)
    assert acme.pulumi("stack", "import", "--file", "state.json", stack="development").code == 0
    assert "default/payments is not in the scope of this stack" in acme.up("development").text
    assert "has default/payments: 1 component" in move(acme, "payments")
    payments.deployed("development")
    assert (contents(here), contents(there)) == ({}, files)
    payments.deployed("development", "--expect-no-changes")
    acme.deployed("development", "--expect-no-changes")

    # A stack that has files of its own takes no others from elsewhere.
    (acme.root / "Pulumi.development.yaml").unlink()
    assert "say the same under openchoreo:dataPlanes, deploy once" in move(payments, "..")
    same = "../manifests/development/default"
    payments.set("development", "dataPlanes.default.directory", same)
    payments.deployed("development")
    assert (contents(here), contents(there)) == (files, {})

    files = touched(acme)
    assert "organization/payments/development has no project any more" in move(payments, "..")
    removed = payments.pulumi(
        "stack", "rm", "--force", "--yes", "organization/payments/development"
    )
    assert removed.code == 0, removed.text
    acme.deployed("development", "--expect-no-changes")
    assert touched(acme) == files
    assert acme.ledger("development")["lineage"] == lineage
    assert len(acme.ledger("development")["components"]["default/charges"]["history"]) == 1


def test_two_stacks_that_have_the_same_files(acme):
    payments, files = prepared(acme), touched(acme)
    payments.deployed("development")
    assert touched(acme) == files
    done = payments.pulumi("destroy", "--yes", "--skip-preview", stack="development")
    assert done.code == 0, done.text
    assert len(touched(acme)) == len(files) - 4
    assert "4 to update" in acme.preview("development").text
    acme.deployed("development")
    assert {key: one[2] for key, one in touched(acme).items()} == {
        key: one[2] for key, one in files.items()
    }

    payments.deployed("development")
    narrow(acme)
    files = touched(acme)
    assert "has deployed it already, and does not know what is recorded here" in move(
        acme, "payments"
    )
    anew = "organization/payments/development"
    for command in (("rm", "--force", "--preserve-config", "--yes", anew), ("init", anew)):
        done = payments.pulumi("stack", *command)
        assert done.code == 0, done.text
    assert "has default/payments: 1 component" in move(acme, "payments")
    payments.deployed("development", "--expect-no-changes")
    assert touched(acme) == files
