"""What commands say where there is nothing that they can work with: one message, and nothing written."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Finished, Repository

pytestmark = pytest.mark.engine


def openchoreo(repository: Repository, *arguments: str, cwd=None, **variables: str) -> Finished:
    done = repository.openchoreo(*arguments, cwd=cwd, **variables)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_another_directory(repository, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = openchoreo(repository, "status", cwd=empty)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n  there is no Pulumi.yaml here, nor in a directory above\n"
        "  go to the directory of the Pulumi project, or make one: openchoreo init\n"
    )
    assert [*empty.iterdir()] == []


def test_no_login(repository, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    done = openchoreo(
        repository, "status", PULUMI_BACKEND_URL="", PULUMI_HOME=str(home), PULUMI_ACCESS_TOKEN=""
    )
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n  nobody is logged in to a backend\n"
        "  pulumi login, or name one: export PULUMI_BACKEND_URL=<url>\n"
    )


def test_no_stack(repository):
    before = repository.files(".")
    done = openchoreo(repository, "promote", "forecast", "--to", "stagin")
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n  there is no stack for environment stagin\n  did you mean staging?\n"
    )
    assert repository.files(".") == before


def test_a_locked_stack(repository):
    lock = repository.root / ".state/.pulumi/locks/organization/shop/staging/held.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(
        '{"pid": 1, "username": "ada", "hostname": "elsewhere", "timestamp": "2026-11-25T12:00:00Z"}'
    )
    done = openchoreo(repository, "promote", "forecast", "--to", "staging", "--apply", "--yes")
    assert done.code == 1
    assert "the stack is currently locked by 1 lock(s)" in done.stderr
    assert repository.outputs("staging") == {}
