"""A program is started for each question to Pulumi: no command asks the same twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from openchoreo.cli import asking, stacks
from tests.cli.stacks import LIST, answers

STACKS = ("development", "staging", "production")


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Everything that was asked by now and is still being asked."""
    pools = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, *arguments, **named) -> None:
            super().__init__(*arguments, **named)
            pools.append(self)

    monkeypatch.setattr(asking, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(stacks, "ThreadPoolExecutor", Pool)

    def found():
        for pool in pools:
            pool.shutdown()
        return Counter((tmp_path / "asked.txt").read_text().splitlines())

    return found


@pytest.fixture
def deployed(shop, pulumi):
    """web and api in two environments of three."""
    pins = {name: {"releaseName": shop.current(f"default/{name}")} for name in ("web", "api")}
    shop.run("staging", bindings=pins)
    pulumi(answers(shop, "production"))


def exports(*names):
    return [f"stack export --stack {name} --non-interactive" for name in names]


def outputs(*names):
    return [f"stack output --stack {name} --json --non-interactive" for name in names]


@pytest.mark.parametrize(
    ("command", "exported", "read"),
    [
        ("status", STACKS, ()),
        ("status --gates", STACKS, ()),
        ("status --stack staging", ("staging",), ()),
        ("diff web --to staging", ("staging",), ("development", "production")),
        ("diff --to production", ("production",), ("development", "staging")),
        ("diff --env development", ("development",), ("staging", "production")),
        ("plan --env development", ("development",), ("staging", "production")),
        ("why web --env development", ("development",), ("staging", "production")),
        ("sets", (), STACKS),
    ],
)
@pytest.mark.usefixtures("deployed")
def test_every_stack_is_asked_for_once(run, asked, command, exported, read):
    """Of the stack in question all of its state, of the others their outputs."""
    done = run(*command.split())
    assert done.stdout
    assert asked() == Counter([LIST, *exports(*exported), *outputs(*read)]), done.stderr
