"""Registers resources with the Pulumi engine; nothing else talks to its resource monitor.

There are two ways, which leave the same state, and nobody else knows which one is taken.

ways      takes the one that was chosen
choice    which one that is
requests  on the SDK's own connection, many in flight at once
classes   by resources of the SDK's classes
answers   what is asked, and what is said of it
evidence  what counts as applied
stack     the root of everything, and the end of the run
"""

from openchoreo.engine.registration.answers import UNKNOWN_ID, Answer, Options
from openchoreo.engine.registration.choice import VARIABLE
from openchoreo.engine.registration.evidence import contains
from openchoreo.engine.registration.stack import fail_at_the_end, root_urn
from openchoreo.engine.registration.ways import (
    choose,
    finish_component,
    register_component,
    register_custom,
)

__all__ = [
    "UNKNOWN_ID",
    "VARIABLE",
    "Answer",
    "Options",
    "choose",
    "contains",
    "fail_at_the_end",
    "finish_component",
    "register_component",
    "register_custom",
    "root_urn",
]
