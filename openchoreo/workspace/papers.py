"""Approvals and attestations of one environment, from the files of the repository.

approvals/<environment>/<64 hex digits>.yaml and attestations/<environment>/<64 hex digits>/<check>.yaml;
each says itself which environment and digest it is for, so that one that was copied is no paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from openchoreo.catalog import read_yaml, where_in
from openchoreo.delivery.gates import Approval, Attestation, Papers
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.errors import Path as FieldPath
from openchoreo.model import Model, read
from openchoreo.policy import ApprovalFile, AttestationFile
from openchoreo.workspace.signatures import Signatures

APPROVALS, ATTESTATIONS = Path("approvals"), Path("attestations")

_HEX = re.compile(r"^[0-9a-f]{64}$")

M = TypeVar("M", bound=Model)


def read_papers(environment: str, signatures: Signatures) -> Papers:
    """Raises OpenChoreoError with every file that is not what it should be.

    A signature that proves nothing is a mistake as well, also where nobody asks for one.
    """
    found = Collector()
    approvals: dict[str, tuple[Approval, ...]] = {}
    attestations: dict[str, list[Attestation]] = {}
    for path in _files(APPROVALS / environment, "*.yaml"):
        given = found.attempt(lambda path=path: _approvals(path, environment, signatures))
        if given:
            approvals[_digest(path.stem)] = given
    for path in _files(ATTESTATIONS / environment, "*/*.yaml"):
        one = found.attempt(lambda path=path: _attestation(path, environment, signatures))
        if one:
            attestations.setdefault(_digest(path.parent.name), []).append(one)
    found.raise_if_any()
    return Papers(approvals, {digest: tuple(many) for digest, many in attestations.items()})


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    yield from sorted(folder.glob(pattern))


def _digest(name: str) -> str:
    return f"sha256:{name}"


def _approvals(path: Path, environment: str, signatures: Signatures) -> tuple[Approval, ...]:
    file = _read(path, ApprovalFile)
    _check(path, (file.environment, file.digest), (environment, _named(path, path.stem)))
    approvals: list[Approval] = []
    for index, one in enumerate(file.approvals):
        if one.signature:
            why = signatures.check("approval", environment, file.digest, one.by, one.signature)
            _check_signature(path, ("approvals", index, "signature"), one.by, why)
        approvals.append(Approval(one.by, one.at, one.comment, bool(one.signature)))
    return tuple(approvals)


def _attestation(path: Path, environment: str, signatures: Signatures) -> Attestation:
    file = _read(path, AttestationFile)
    _check(path, (file.environment, file.digest), (environment, _named(path, path.parent.name)))
    if file.check != path.stem:
        raise _wrong(
            path, ("check",), f"is for the check {file.check}", f"write check: {path.stem}"
        )
    if file.signature:
        word = "passed" if file.passed else "failed"
        kind = f"attestation {file.check} {word}"
        why = signatures.check(kind, environment, file.digest, file.by, file.signature)
        _check_signature(path, ("signature",), file.by, why)
    return Attestation(file.check, file.by, file.at, file.passed, bool(file.signature))


def _check_signature(path: Path, at: FieldPath, by: str, why: str) -> None:
    if why:
        message = f"is no signature of {by}: {why}"
        hint = "sign it again, or add the key of that person to allowedSigners of policy.yaml"
        raise OpenChoreoError(Problem(Stage.CONFIG, str(path), at, message, hint))


def _named(path: Path, name: str) -> str:
    if not _HEX.match(name):
        hint = "files and folders are called by the 64 hex digits of the release's digest"
        raise _wrong(path, (), f"{name} is no digest", hint)
    return _digest(name)


def _check(path: Path, said: tuple[str, str], placed: tuple[str, str]) -> None:
    for key, mine, due in zip(("environment", "digest"), said, placed, strict=True):
        if mine != due:
            message = f"is for {mine}, and lies where those for {due} are"
            raise _wrong(path, (key,), message, "a paper is valid where it was written for")


def _read(path: Path, model: type[M]) -> M:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, (), f"cannot be read: {error}", "") from None
    try:
        return read(model, read_yaml(text, str(path)), resource=str(path), stage=Stage.CONFIG)[0]
    except OpenChoreoError as error:
        placed = (one.at(str(path), *where_in(text, one.path)) for one in error.problems)
        raise OpenChoreoError(*placed) from None


def _wrong(path: Path, at: tuple[str, ...], message: str, hint: str) -> OpenChoreoError:
    return OpenChoreoError(Problem(Stage.CONFIG, str(path), at, message, hint))
