"""JSON Schemas of stack config and policy.yaml, for editors: made from the models that read them."""

from __future__ import annotations

import json

from openchoreo.document import Object
from openchoreo.schemas.policy import policy
from openchoreo.schemas.stack_config import stack_config

__all__ = ["policy", "shipped", "stack_config"]


def shipped() -> dict[str, str]:
    """File name -> text of each schema, as it lies beside this module."""
    return {
        "policy.schema.json": _text(policy()),
        "stack-config.schema.json": _text(stack_config()),
    }


def _text(schema: Object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
