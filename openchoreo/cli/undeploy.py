"""openchoreo undeploy."""

from __future__ import annotations

from openchoreo.cli.deploy import undeploy as command

__all__ = ["command"]
