import json
import os

import pytest

from tools import build, engine
from tools.console import GiveUp

PIN = (3, 259, 0)
WAYS_OUT = (
    ": install Pulumi with the official installer (https://www.pulumi.com/docs/install/), "
    "or take this one off PATH to have one built from Go modules"
)


def found(printed, *, language_host=True):
    return engine.Found(path="/opt/pulumi", printed=printed, language_host=language_host)


@pytest.mark.parametrize("printed", ["v3.259.0", "v3.260.1", "v3.1000.0"])
def test_a_pulumi_that_is_new_enough_will_do(printed):
    assert engine.accept(found(printed), PIN) >= PIN


@pytest.mark.parametrize(
    ("candidate", "what"),
    [
        pytest.param(
            found("v3.258.9"),
            "pulumi 3.258.9 at /opt/pulumi is too old, 3.259.0 is needed",
            id="too old",
        ),
        pytest.param(
            found("v4.0.0"),
            "pulumi 4.0.0 at /opt/pulumi is too new, a version from 3.259.0 and below 4 is needed",
            id="too new",
        ),
        pytest.param(
            found("v3.259.0", language_host=False),
            "pulumi 3.259.0 at /opt/pulumi comes without pulumi-language-python",
            id="no language host",
        ),
        pytest.param(found("oops"), "/opt/pulumi does not tell its version", id="no version"),
    ],
)
def test_a_pulumi_that_will_not_do_is_refused_in_one_sentence(candidate, what):
    with pytest.raises(GiveUp) as refusal:
        engine.accept(candidate, PIN)
    assert str(refusal.value) == what + WAYS_OUT


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """A PATH with one folder of its own, and an empty cache."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_where_there_is_no_pulumi_nothing_is_found(surroundings):
    assert not surroundings.exists()
    assert engine.on_path() is None


def test_pulumi_on_path_is_asked_for_its_version_once(surroundings):
    asked = surroundings / "asked"
    executable(surroundings / "pulumi", f'echo "$@" >> {asked}; echo v3.300.1')
    executable(surroundings / "pulumi-language-python", "")
    first = engine.ensure()
    assert first == engine.Engine(directory=surroundings, version="3.300.1", built=False)
    assert engine.ensure() == first
    assert asked.read_text("utf-8") == "version\n"


def test_a_pulumi_that_was_updated_is_asked_again(surroundings):
    executable(surroundings / "pulumi", "echo v3.300.1")
    executable(surroundings / "pulumi-language-python", "")
    engine.ensure()
    executable(surroundings / "pulumi", "echo v3.300.10")
    assert engine.ensure().version == "3.300.10"


def test_a_damaged_memory_is_no_obstacle(surroundings):
    executable(surroundings / "pulumi", "echo v3.300.1")
    executable(surroundings / "pulumi-language-python", "")
    engine.ensure()
    memory = build.cache() / "found.json"
    for damage in ("", "[]", json.dumps({"file": []})):
        memory.write_text(damage, "utf-8")
        assert engine.ensure().version == "3.300.1"


def test_a_language_host_elsewhere_on_path_will_do(surroundings, tmp_path, monkeypatch):
    executable(surroundings / "pulumi", "echo v3.300.1")
    assert engine.on_path().language_host is False
    executable(tmp_path / "other" / "pulumi-language-python", "")
    monkeypatch.setenv("PATH", f"{surroundings}{os.pathsep}{tmp_path / 'other'}")
    assert engine.on_path().language_host is True


@pytest.mark.usefixtures("surroundings")
def test_a_pulumi_that_we_built_is_not_the_users_own(monkeypatch):
    executable(build.cache() / "engine" / "0123" / "pulumi", "echo v3.1.0")
    monkeypatch.setenv("PATH", str(build.cache() / "engine" / "0123"))
    assert engine.on_path() is None
