"""Approvals and attestations written: one more line in a file that people keep."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml
from msgspec import Struct

from openchoreo.catalog import read_yaml
from openchoreo.delivery.gates.papers import signed_text
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.workspace.papers import APPROVALS, ATTESTATIONS
from openchoreo.workspace.signatures import NAMESPACE


class Signed(Struct, frozen=True, kw_only=True):
    """Who says it, and with which private key; an empty `key` signs nothing."""

    by: str
    at: str
    key: str = ""


def approve(environment: str, digest: str, signed: Signed, comment: str) -> Path:
    """Adds an approval. Raises OpenChoreoError where that person has approved it already."""
    file = APPROVALS / environment / f"{_hex(digest)}.yaml"
    text = file.read_text("utf-8") if file.is_file() else ""
    if signed.by in _approvers(text, file):
        message = f"{signed.by} has approved it already"
        raise OpenChoreoError(Problem(Stage.CONFIG, str(file), ("approvals",), message))
    entry = {"by": signed.by, "at": signed.at, "comment": comment}
    entry["signature"] = _signature("approval", environment, digest, signed)
    if not text:
        text = _written({"environment": environment, "digest": digest}) + "approvals:\n"
    _write(file, f"{text.rstrip()}\n{_item(entry)}")
    return file


def attest(environment: str, digest: str, signed: Signed, check: str, *, passed: bool) -> Path:
    """Writes what a check says; what it said before is replaced."""
    file = ATTESTATIONS / environment / _hex(digest) / f"{check}.yaml"
    word = "passed" if passed else "failed"
    kind = f"attestation {check} {word}"
    content: dict[str, Document] = {
        "environment": environment,
        "digest": digest,
        "check": check,
        "passed": passed,
        "by": signed.by,
        "at": signed.at,
        "signature": _signature(kind, environment, digest, signed),
    }
    _write(file, _written(content))
    return file


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _approvers(text: str, file: Path) -> set[str]:
    document = read_yaml(text, str(file)) if text else None
    found = document.get("approvals") if isinstance(document, dict) else None
    entries = found if isinstance(found, list) else []
    return {str(one.get("by")) for one in entries if isinstance(one, dict)}


def _item(entry: Mapping[str, Document]) -> str:
    """As the last of a list."""
    lines = _written(entry).splitlines()
    first, *rest = lines
    return "\n".join([f"  - {first}", *(f"    {line}" if line else "" for line in rest)]) + "\n"


def _written(content: Mapping[str, Document]) -> str:
    """Without what is empty; a signature as the block it is."""
    lines: list[str] = []
    for key, value in content.items():
        if value == "":
            continue
        if isinstance(value, str) and "\n" in value:
            lines += [f"{key}: |", *(f"  {line}" for line in value.splitlines())]
        else:
            lines += yaml.safe_dump({key: value}, width=100_000, allow_unicode=True).splitlines()
    return "\n".join(lines) + "\n"


def _signature(kind: str, environment: str, digest: str, signed: Signed) -> str:
    if not signed.key:
        return ""
    program = shutil.which("ssh-keygen")
    if program is None:
        raise _unsigned("ssh-keygen is not on PATH", "install OpenSSH, or leave --sign out")
    command = [program, "-Y", "sign", "-f", signed.key, "-n", NAMESPACE]
    said = signed_text(kind, environment, digest, signed.by)
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise _unsigned(done.stderr.strip() or "ssh-keygen failed", "name a private SSH key")
    return done.stdout


def _unsigned(message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.CONFIG, "--sign", (), message, hint))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OpenChoreoError(Problem(Stage.CONFIG, str(file), (), message)) from None
