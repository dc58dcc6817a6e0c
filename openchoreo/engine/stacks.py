"""Last outputs of this stack and of the stacks upstream of it."""

from __future__ import annotations

from typing import Any, cast

import pulumi

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage

_READ = "pulumi:pulumi:readStackOutputs"
_UNKNOWN = "unknown stack"


def own_name() -> str:
    """The full name of the stack that runs: <organization>/<project>/<stack>."""
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"


def name_for(environment: str) -> str:
    """The stack that is `environment`, in this organization and Pulumi project."""
    return f"{pulumi.get_organization()}/{pulumi.get_project()}/{environment}"


def read_outputs(stack: str) -> Object | None:
    """The outputs of the last finished update of `stack`, or None where there is no such stack.

    The same read as a StackReference's, but by invoke: its answer is there before the first
    resource, and a missing stack can be explained instead of ending the run.
    """
    try:
        answer: Any = pulumi.runtime.invoke(_READ, {"name": stack})
    except Exception as error:  # the SDK raises bare exceptions here
        if _UNKNOWN in str(error):
            return None
        raise OpenChoreoError(_unreadable(stack, error)) from error
    value = getattr(answer, "value", answer)
    return cast("Object", dict(value.get("outputs") or {}))


def _unreadable(stack: str, error: Exception) -> Problem:
    return Problem(
        Stage.LEDGER,
        f"Stack {stack}",
        (),
        f"its outputs cannot be read: {error}",
        "check that you are logged in to the backend that holds it: pulumi whoami -v",
    )
