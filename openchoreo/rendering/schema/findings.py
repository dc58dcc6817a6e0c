"""What a validator notes: problems with the path and the words of Kubernetes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from openchoreo.document import Document
from openchoreo.errors import Path, Problem, Stage

Found: TypeAlias = list[Problem]
Validator: TypeAlias = Callable[[Document, Path, Found], None]
"""Holds the value at a path against something, and adds what is wrong with it."""


def problem(path: Path, message: str, hint: str = "") -> Problem:
    return Problem(Stage.RENDER, "", path, message, hint)


def name_of(path: Path) -> str:
    """A path as Kubernetes writes it: `.list[0].field`; the root is nothing."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
