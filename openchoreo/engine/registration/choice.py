"""Which way resources are registered."""

from __future__ import annotations

import re

from openchoreo.errors import OpenChoreoError, Problem, Stage, nearest

VARIABLE = "OPENCHOREO_REGISTRATION"
"""The variable of the environment that goes before the version of the SDK."""

REQUESTS = "requests"
CLASSES = "classes"

_TESTED = ((3, 259), (3, 272))
"""SDKs whose connection passed tests: 3.259, which requirements.txt pins, passed all of them, 3.272
those of registration, recovery, runs and Resources."""

_RELEASE = re.compile(r"(\d+)\.(\d+)\.\d+")


def chosen(written: str, sdk: str) -> str:
    """The way to go, where the variable says `written` and this version of the SDK is installed.

    Raises OpenChoreoError for a way that there is not.
    """
    if written:
        _check(written)
        return written
    release = _RELEASE.fullmatch(sdk)
    tested = release is not None and tuple(map(int, release.groups())) in _TESTED
    return REQUESTS if tested else CLASSES


def unfit(sdk: str) -> Problem:
    """What to say of an SDK by whose classes nothing can be registered."""
    first = ".".join(map(str, (*_TESTED[0], 0)))
    message = "its classes do not tell a program which resources have failed"
    return Problem(
        Stage.CONFIG, f"pulumi {sdk}", (), message, f"install pulumi {first} or a newer one"
    )


def _check(written: str) -> None:
    ways = (REQUESTS, CLASSES)
    if written not in ways:
        message = f"resources are registered by requests or by classes, not by {written}"
        subject = "environment variable"
        raise OpenChoreoError(
            Problem(Stage.CONFIG, subject, (VARIABLE,), message, nearest(written, ways))
        )
