"""policy.yaml of the repository that is worked in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openchoreo import policy
from openchoreo.catalog import read_yaml, where_in
from openchoreo.document import Document
from openchoreo.errors import OpenChoreoError, Problem, Stage


def read_policy() -> policy.Policy:
    """The policy of the platform team; its problems with their line."""
    text = _text()
    document: Document = read_yaml(text, policy.FILE) if text else None
    try:
        return policy.parse(document)
    except OpenChoreoError as error:
        raise OpenChoreoError(*placed_in_policy(error.problems)) from None


def policy_is_there() -> bool:
    """Whether there is a file at all; one without rules is one as well."""
    return Path(policy.FILE).is_file()


def placed_in_policy(problems: Iterable[Problem]) -> list[Problem]:
    """With their lines."""
    text = _text()
    return [one.at(policy.FILE, *where_in(text, one.path)) for one in problems]


def _text() -> str:
    if not policy_is_there():
        return ""
    try:
        return Path(policy.FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise OpenChoreoError(Problem(Stage.CONFIG, policy.FILE, (), message)) from None
