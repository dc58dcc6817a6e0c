"""The schema of policy.yaml."""

from __future__ import annotations

from typing import cast

from openchoreo.document import Object
from openchoreo.policy import RELAXABLE, Policy
from openchoreo.schemas.generated import DIALECT, schema_of


def policy() -> Object:
    made, others = schema_of(Policy)
    relaxed = cast("dict[str, Object]", made["properties"])["relaxed"]
    relaxed["items"] = {"type": "integer", "enum": [*sorted(RELAXABLE)]}
    return {
        "$schema": DIALECT,
        "title": "Policy",
        "description": "Rules of the platform team.",
        **made,
        "type": ["object", "null"],  # a file of comments only is no mistake
        "$defs": {**others},
    }
