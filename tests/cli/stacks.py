"""Stacks that a program in Pulumi's place knows."""

from __future__ import annotations

import json
from typing import Any

LIST = "stack ls --fully-qualify-stack-names --json --non-interactive"


def answers(world, *others: str) -> dict[str, tuple[int, Any]]:
    """Of the stacks that were run, and of others that were made and not run."""
    stacks = [*world.exports, *others]
    found: dict[str, tuple[int, Any]] = {
        LIST: (0, json.dumps([{"name": world.full(stack)} for stack in stacks]))
    }
    for stack in stacks:
        export = world.exports.get(stack, {"deployment": {}})
        outputs = world.outputs.get(world.full(stack), {})
        found[f"stack export --stack {stack} --non-interactive"] = (0, json.dumps(export))
        found[f"stack output --stack {stack} --json --non-interactive"] = (0, json.dumps(outputs))
    for stack in {"development", "staging", "production"}.difference(stacks):
        missing = (255, f"error: no stack named '{stack}' found")
        found[f"stack export --stack {stack} --non-interactive"] = missing
        found[f"stack output --stack {stack} --json --non-interactive"] = missing
    return found
