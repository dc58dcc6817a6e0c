"""Who wrote a pin, as git tells: nobody approves what is their own."""

import subprocess
from pathlib import Path

import pytest
import yaml

from openchoreo.catalog import load
from openchoreo.delivery import Pin
from openchoreo.workspace.authors import Authors
from tests.plan.definitions import binding, component, component_type, data_plane, platform, project

DEFINITIONS = Path("definitions.yaml")
STACK = "Pulumi.staging.yaml"
IN_CONFIG = Pin("api-1", "Component default/api", ("openchoreo:bindings", "api", "releaseName"))
IN_A_DOCUMENT = Pin("api-1", "ReleaseBinding default/api-staging", ("spec", "releaseName"))


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """ada wrote all of it, bob changed the pins."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    commit("ada", "api-0")
    commit("bob", "api-1")
    return tmp_path


def git(*arguments, by="ada"):
    names = ["-c", f"user.name={by}", "-c", f"user.email={by}@example.test"]
    subprocess.run(["git", *names, *arguments], check=True, capture_output=True)


def write(pin):
    bindings = {"page": {"hold": True}, "api": {"releaseName": pin}}
    config = {"config": {"openchoreo:bindings": bindings}}
    Path(STACK).write_text(yaml.safe_dump(config, sort_keys=False))
    bound = binding("api", "staging", releaseName=pin)
    every = [data_plane(), component_type(), *platform(), project("shop"), *component("api"), bound]
    DEFINITIONS.write_text(yaml.safe_dump_all(every, sort_keys=False))


def commit(by, pin):
    write(pin)
    git("add", ".")
    git("commit", "-qm", "pin", by=by)


def authors(pin, stack=STACK):
    catalog = load([DEFINITIONS])
    return Authors(stack, lambda problem: catalog.placed([problem])[0])(pin)


@pytest.mark.parametrize("pin", [IN_CONFIG, IN_A_DOCUMENT], ids=["stack config", "ReleaseBinding"])
def test_is_told_by_the_line_that_it_stands_in(repository, pin):
    assert repository
    assert authors(pin) == {"bob", "bob@example.test"}


@pytest.mark.parametrize("pin", [IN_CONFIG, IN_A_DOCUMENT], ids=["stack config", "ReleaseBinding"])
def test_is_nobody_where_it_is_not_committed(repository, pin):
    assert repository
    write("api-2")
    assert authors(pin) == frozenset()


def test_is_nobody_where_git_tells_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("api-1")
    assert authors(IN_CONFIG) == authors(IN_A_DOCUMENT) == frozenset()
    assert authors(IN_CONFIG, "Pulumi.nowhere.yaml") == frozenset()
    monkeypatch.setenv("PATH", "")
    assert authors(IN_CONFIG) == frozenset()
