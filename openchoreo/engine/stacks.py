"""Last outputs of this stack and of the stacks upstream of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import pulumi

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError, Problem, Stage

_READ = "pulumi:pulumi:readStackOutputs"
_READ_RESOURCES = "pulumi:pulumi:readStackResourceOutputs"
_UNKNOWN = "unknown stack"

_HALF_WRITTEN = "failed to load checkpoint: EOF"
"""A file backend writes the attributes beside a state in place: whoever reads this stack's
own state at that moment finds them empty. They are there a moment later."""
_PAUSES = (0.05, 0.2, 0.5, 1.0)  # seconds


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
        answer = _invoke(_READ, {"name": stack})
    except Exception as error:  # the SDK raises bare exceptions here
        if _UNKNOWN in str(error):
            return None
        raise OpenChoreoError(_unreadable(stack, error)) from error
    value = getattr(answer, "value", answer)
    return cast("Object", dict(value.get("outputs") or {}))


def read_state() -> Mapping[str, Object]:
    """URN -> outputs of every resource of the stack that runs, as its last update left them.

    The engine decodes the whole state for it; only what cannot be had otherwise is worth that.
    """
    stack = own_name()
    try:
        answer = _invoke(_READ_RESOURCES, {"stackName": stack})
    except Exception as error:  # the SDK raises bare exceptions here
        raise OpenChoreoError(_unreadable(stack, error)) from error
    value = getattr(answer, "value", answer)
    resources: dict[str, Any] = value.get("outputs") or {}
    return {urn: cast("Object", found.get("outputs") or {}) for urn, found in resources.items()}


def _invoke(token: str, arguments: dict[str, Any]) -> Any:
    for pause in _PAUSES:
        try:
            return pulumi.runtime.invoke(token, arguments)
        except Exception as error:  # the SDK raises bare exceptions here
            if _HALF_WRITTEN not in str(error):
                raise
            time.sleep(pause)
    return pulumi.runtime.invoke(token, arguments)


def _unreadable(stack: str, error: Exception) -> Problem:
    return Problem(
        Stage.LEDGER,
        f"Stack {stack}",
        (),
        f"its outputs cannot be read: {error}",
        "check that you are logged in to the backend that holds it: pulumi whoami -v",
    )
