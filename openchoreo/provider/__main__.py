"""`python -m openchoreo.provider`: what the launchers start."""

from __future__ import annotations

import os
import sys
from importlib import metadata

from openchoreo.provider import light

PARENT = os.getppid()  # before anything takes time: it may be killed while this starts

light.skip_the_sdk()

from openchoreo.provider import server  # noqa: E402 - imports the stubs


def _version() -> str:
    try:
        return metadata.version("openchoreo")
    except metadata.PackageNotFoundError:  # used from a work tree
        return "0.0.0"


server.serve(sys.argv[1:], _version(), PARENT)
