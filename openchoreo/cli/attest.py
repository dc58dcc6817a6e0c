"""openchoreo attest."""

from __future__ import annotations

from openchoreo.cli.approve import attest_command as command

__all__ = ["command"]
