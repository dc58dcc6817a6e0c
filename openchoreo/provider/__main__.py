"""`python -m openchoreo.provider`: what the launchers start."""

from __future__ import annotations

import sys
from importlib import metadata

from openchoreo.provider import light

light.skip_the_sdk()

from openchoreo.provider import server  # noqa: E402 - imports the stubs


def _version() -> str:
    try:
        return metadata.version("openchoreo")
    except metadata.PackageNotFoundError:  # used from a work tree
        return "0.0.0"


server.serve(sys.argv[1:], _version())
