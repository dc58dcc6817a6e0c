"""openchoreo approve and attest."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cli.stacks import answers

POLICY = """\
environments:
  staging:
    approvals: {count: 2}
    attestations: [load-test]
"""


@pytest.fixture
def web(shop, pulumi):
    """The digest of the release of web that runs in development."""
    Path("policy.yaml").write_text(POLICY)
    pulumi(answers(shop, "staging"))
    record = shop.inputs().recalled.ledger.recorded("default/web")
    return record.current.release


def paper(kind, digest, *more):
    return Path(kind, "staging", digest.removeprefix("sha256:"), *more)


def test_two_people_and_a_check(web, run):
    file = paper("approvals", web).with_suffix(".yaml")
    check = paper("attestations", web, "load-test.yaml")
    one = run("approve", "web", "--env", "staging", "--by", "ada", "--comment", "tried it")
    assert (one.exit_code, one.stderr) == (0, "")
    assert one.stdout.splitlines()[1:] == [
        f"  approvals: approved by ada only; needs 1 more approval in {file}",
        f"  attestations: load-test has not been attested; needs {check}",
    ]
    run("approve", "web", "--env", "staging", "--by", "bob")
    done = run("attest", "web", "--env", "staging", "--check", "load-test", "--by", "ci")
    assert done.stdout.splitlines()[1:] == ["  every gate is open"]
    said = yaml.safe_load(file.read_text())
    assert [one["by"] for one in said["approvals"]] == ["ada", "bob"]
    assert (said["environment"], said["digest"]) == ("staging", web)
    assert yaml.safe_load(check.read_text())["passed"] is True


def test_nobody_approves_twice(web, run):
    run("approve", "web", "--env", "staging", "--by", "ada")
    done = run("approve", "web", "--env", "staging", "--by", "ada")
    file = paper("approvals", web).with_suffix(".yaml")
    assert (done.exit_code, done.stderr) == (
        1,
        f"{file}: approvals\n  ada has approved it already\n",
    )


def test_comments_of_a_file_stay(web, run):
    file = paper("approvals", web).with_suffix(".yaml")
    run("approve", "web", "--env", "staging", "--by", "ada")
    file.write_text("# by hand\n" + file.read_text())
    run("approve", "web", "--env", "staging", "--by", "bob")
    assert file.read_text().startswith("# by hand\nenvironment: staging\n")


def test_a_check_that_has_failed(web, run):
    done = run(
        "attest", "web", "--env", "staging", "--check", "load-test", "--failed", "--by", "ci"
    )
    assert "  attestations: load-test has failed; needs " in done.stdout
    assert (
        yaml.safe_load(paper("attestations", web, "load-test.yaml").read_text())["passed"] is False
    )


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="there is no ssh-keygen")
def test_signed_papers_are_proofs(web, run, tmp_path):  # noqa: ARG001 - deployed
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = key.with_suffix(".pub").read_text().strip()
    Path("policy.yaml").write_text(
        "environments:\n  staging:\n    approvals: {count: 1, signed: true}\n"
        "    attestations: [load-test]\n    signedAttestations: true\n"
        f"allowedSigners: ['ada {public}']\n"
    )
    unsigned = run("approve", "web", "--env", "staging", "--by", "bob")
    assert "  approvals: not approved yet; needs 1 more signed approval in " in unsigned.stdout
    done = run("approve", "web", "--env", "staging", "--by", "ada", "--sign", key)
    assert "approvals" not in "".join(done.stdout.splitlines()[1:])
    last = run(
        "attest", "web", "--env", "staging", "--check", "load-test", "--by", "ada", "--sign", key
    )
    assert last.stdout.splitlines()[1:] == ["  every gate is open"]


def test_a_key_that_is_not_there(web, run, tmp_path):
    done = run("approve", "web", "--env", "staging", "--by", "ada", "--sign", tmp_path / "nokey")
    assert done.exit_code == 1
    assert done.stderr.startswith("--sign\n  ")
    assert not paper("approvals", web).with_suffix(".yaml").exists()


def test_a_release_that_nobody_knows(web, run):
    done = run("approve", "web", "--env", "staging", "--by", "ada", "--release", "web-0")
    assert (done.exit_code, done.stderr) == (
        1,
        "Component default/web\n  no release of it is known as web-0, here or upstream\n",
    )
    assert web
