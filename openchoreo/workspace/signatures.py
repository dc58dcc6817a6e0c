"""Signatures of papers with SSH keys, checked by ssh-keygen against the policy's allowed signers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from msgspec import Struct

from openchoreo.delivery.gates import signed_text
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.policy import FILE

NAMESPACE = "openchoreo"
"""What ssh-keygen calls the purpose of a signature: one for something else is none."""


class Signatures(Struct, frozen=True):
    """`signers` are lines of an allowed_signers file: names, and the keys they sign with."""

    signers: tuple[str, ...]

    def check(self, kind: str, environment: str, digest: str, by: str, signature: str) -> str:
        """Why a signature proves nothing; empty where it is that of `by`.

        Raises OpenChoreoError where there is nobody to check it.
        """
        keygen = shutil.which("ssh-keygen")
        if keygen is None:
            raise OpenChoreoError(_no_keygen())
        if not self.signers:
            return f"{FILE} names no allowedSigners"
        with tempfile.TemporaryDirectory() as folder:
            signers, given = Path(folder, "signers"), Path(folder, "signature")
            signers.write_text("\n".join(self.signers) + "\n", "utf-8")
            given.write_text(signature, "utf-8")
            command = [keygen, "-Y", "verify", "-f", str(signers), "-I", by, "-n", NAMESPACE]
            done = subprocess.run(  # noqa: S603
                [*command, "-s", str(given)],
                input=signed_text(kind, environment, digest, by),
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode == 0:
            return ""
        said = (done.stderr or done.stdout).strip().splitlines()
        return said[0] if said else "ssh-keygen does not accept it"


def _no_keygen() -> Problem:
    message = "there are signed papers, and no ssh-keygen to check them with"
    return Problem(Stage.CONFIG, FILE, (), message, "install OpenSSH's client")
