"""Approvals and attestations from files, with signatures of real keys."""

import shutil
import subprocess

import pytest
import yaml

from openchoreo.delivery.gates import signed_text
from openchoreo.errors import OpenChoreoError
from openchoreo.workspace.papers import read_papers
from openchoreo.workspace.signatures import Signatures

DIGEST = "sha256:" + "ab" * 32
HEX = "ab" * 32
OTHER = "sha256:" + "cd" * 32

needs_keygen = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen here")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def keys(folder):
    """Two people's keys; both are allowed to sign under their own name."""
    lines = []
    for name in ("ada", "bob"):
        file = folder / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file), "-C", name], check=True
        )
        lines.append(f"{name} {file.with_suffix('.pub').read_text().strip()}")
    return Signatures(tuple(lines))


def signature(folder, key, text, namespace="openchoreo"):
    (folder / "text").write_text(text)
    (folder / "text.sig").unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(folder / key), "-n", namespace]
    subprocess.run([*command, str(folder / "text")], check=True, capture_output=True)
    return (folder / "text.sig").read_text()


def approval(folder, *entries, digest=DIGEST, environment="staging", name=HEX):
    file = folder / f"approvals/staging/{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    paper = {"environment": environment, "digest": digest, "approvals": [*entries]}
    file.write_text(yaml.safe_dump(paper))


def refusal(signatures=Signatures(())):  # noqa: B008 - never changed
    with pytest.raises(OpenChoreoError) as raised:
        read_papers("staging", signatures)
    return str(raised.value)


def test_nothing_is_there(folder):
    assert folder
    assert read_papers("staging", Signatures(())).approvals == {}


def test_unsigned_they_are_acknowledgements(folder):
    approval(folder, {"by": "ada", "comment": "tried it"})
    (one,) = read_papers("staging", Signatures(())).approvals[DIGEST]
    assert (one.by, one.comment, one.signed) == ("ada", "tried it", False)


def test_a_file_that_is_none(folder):
    approval(folder, {"by": "ada"}, name="abc")
    assert "abc is no digest" in refusal()
    (folder / "approvals/staging/abc.yaml").unlink()
    approval(folder, {"by": "ada", "when": "now"})
    assert refusal() == (
        f"approvals/staging/{HEX}.yaml: approvals[0].when\n"
        "  unknown key\n"
        "  known: at, by, comment, signature\n"
        f"  approvals/staging/{HEX}.yaml:3"
    )


def test_one_for_something_else(folder):
    approval(folder, {"by": "ada"}, digest="sha256:" + "cd" * 32)
    assert f"is for sha256:{'cd' * 32}, and lies where those for {DIGEST} are" in refusal()
    approval(folder, {"by": "ada"}, environment="production")
    assert "is for production, and lies where those for staging are" in refusal()


def attestation(folder, check="load", file="load", **more):
    path = folder / f"attestations/staging/{HEX}/{file}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    paper = {"environment": "staging", "digest": DIGEST, "check": check, "by": "ada", **more}
    path.write_text(yaml.safe_dump(paper))


def test_attestations(folder):
    attestation(folder)
    attestation(folder, check="scan", file="scan", passed=False)
    found = read_papers("staging", Signatures(())).attestations[DIGEST]
    assert [(one.check, one.passed) for one in found] == [("load", True), ("scan", False)]
    attestation(folder, check="load", file="scan")
    assert "is for the check load" in refusal()


@needs_keygen
class TestSignatures:
    TEXT = signed_text("approval", "staging", DIGEST, "ada")

    def signed(self, folder, by="ada", key="ada", text=TEXT, **more):
        approval(folder, {"by": by, "signature": signature(folder, key, text, **more)})

    def test_it_is_a_proof(self, folder, keys):
        self.signed(folder)
        (one,) = read_papers("staging", keys).approvals[DIGEST]
        assert one.signed
        assert one.document() == {"by": "ada", "signed": True}

    def test_of_somebody_else(self, folder, keys):
        self.signed(folder, key="bob")
        assert "is no signature of ada" in refusal(keys)
        self.signed(folder, by="bob")
        assert "is no signature of bob" in refusal(keys)

    @pytest.mark.parametrize(
        ("environment", "digest", "by"),
        [("staging", DIGEST, "bob"), ("staging", OTHER, "ada"), ("qa", DIGEST, "ada")],
    )
    def test_that_was_edited_after_it_was_signed(self, folder, keys, environment, digest, by):
        entry = {"by": by, "signature": signature(folder, "ada", self.TEXT)}
        paper = {"environment": environment, "digest": digest, "approvals": [entry]}
        file = folder / f"approvals/{environment}/{digest.removeprefix('sha256:')}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(yaml.safe_dump(paper))
        with pytest.raises(OpenChoreoError) as raised:
            read_papers(environment, keys)
        assert f"is no signature of {by}: " in str(raised.value)

    def test_of_an_unknown_key(self, folder, keys):
        self.signed(folder)
        assert "is no signature of ada" in refusal(Signatures(keys.signers[1:]))
        assert "policy.yaml names no allowedSigners" in refusal()

    @pytest.mark.parametrize(
        "text",
        [
            signed_text("approval", "production", DIGEST, "ada"),
            signed_text("approval", "staging", "sha256:" + "cd" * 32, "ada"),
            signed_text("attestation load passed", "staging", DIGEST, "ada"),
        ],
    )
    def test_for_something_else(self, folder, keys, text):
        self.signed(folder, text=text)
        assert "is no signature of ada" in refusal(keys)

    def test_for_another_purpose(self, folder, keys):
        self.signed(folder, namespace="git")
        assert "is no signature of ada" in refusal(keys)

    def test_an_attestation_that_was_turned_around(self, folder, keys):
        text = signed_text("attestation load failed", "staging", DIGEST, "ada")
        attestation(folder, passed=False, signature=signature(folder, "ada", text))
        (one,) = read_papers("staging", keys).attestations[DIGEST]
        assert (one.passed, one.signed) == (False, True)
        attestation(folder, passed=True, signature=signature(folder, "ada", text))
        assert "is no signature of ada" in refusal(keys)


def test_without_ssh_keygen_a_signed_paper_is_refused(folder, monkeypatch):
    approval(folder, {"by": "ada", "signature": "x"})
    monkeypatch.setenv("PATH", "")
    assert refusal() == (
        "policy.yaml\n"
        "  there are signed papers, and no ssh-keygen to check them with\n"
        "  install OpenSSH's client"
    )
