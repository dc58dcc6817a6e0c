"""openchoreo hold."""

from __future__ import annotations

from openchoreo.cli.deploy import hold as command

__all__ = ["command"]
