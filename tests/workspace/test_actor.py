"""Who runs a command."""

import getpass

import pytest

from openchoreo.workspace.actor import actor

VARIABLES = (
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR",
    "CI_COMMITTER_USERNAME",
)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", VARIABLES)
def test_ci_systems_tell(name, monkeypatch):
    monkeypatch.setenv(name, "ada")
    assert actor() == "ada"


def test_elsewhere_it_is_the_user_of_the_machine(monkeypatch):
    monkeypatch.setenv("GITHUB_ACTOR", "")
    monkeypatch.setattr(getpass, "getuser", lambda: "grace")
    assert actor() == "grace"
