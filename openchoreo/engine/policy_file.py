"""policy.yaml of the repository that is worked in."""

from __future__ import annotations

from pathlib import Path

from openchoreo import policy
from openchoreo.catalog import line_of, read_yaml
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError


def read_policy() -> policy.Policy:
    """The policy of the platform team; its problems with their line."""
    path = Path(policy.FILE)
    text = path.read_text("utf-8") if path.is_file() else ""
    document: Document = read_yaml(text, policy.FILE) if text else None
    try:
        return policy.parse(document)
    except OpenChoreoError as error:
        placed = (one.at(policy.FILE, line_of(text, one.path)) for one in error.problems)
        raise OpenChoreoError(*placed) from None
