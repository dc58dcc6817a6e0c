"""libyaml's complaints in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_EXPLANATIONS = (
    (
        r"mapping values are not allowed",
        "there is a second ': ' in one line, or a key is indented wrongly",
        "quote a value that contains ': '",
    ),
    (
        r"did not find expected key|could not find expected ':'",
        "a key is expected here",
        "check the indentation of this line and of the lines above",
    ),
    (
        r"did not find expected '-' indicator",
        "an item beginning with '- ' is expected here",
        "check the indentation of this line and of the lines above",
    ),
    (
        r"did not find expected <document start>",
        "the document ends before this line",
        "separate documents with ---",
    ),
    (r"found unexpected end of stream", "a quoted text does not end", ""),
    (
        r"found character that cannot start any token",
        "a value begins with a character that means something else in YAML",
        "quote the value",
    ),
    (r"found unknown escape character", "there is an unknown \\ escape in a text", ""),
    (
        r"did not find expected ',' or",
        "a list or mapping in brackets is not closed, or a comma is missing",
        "",
    ),
    (
        r"did not find expected node content",
        "a value is missing here, or a bracket is not closed",
        "",
    ),
    (r"control characters are not allowed", "there is a control character in the text", ""),
)
_HELM = re.compile(rb"^\s*\{\{-?\s", re.MULTILINE)


@dataclass(frozen=True)
class UnreadableError(Exception):
    """The text of a file is not YAML, or more than can be read."""

    line: int
    message: str
    hint: str = ""
    column: int = 0


def explain(error: yaml.YAMLError, data: bytes) -> UnreadableError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if mark and data.decode(errors="replace")[mark.index : mark.index + 1] == "\t":
        message = "a tab is used for indentation"
        return UnreadableError(line, message, "indent with spaces", column)
    said = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    for pattern, message, hint in _EXPLANATIONS:
        if re.search(pattern, said):
            return UnreadableError(line, message, hint, column)
    return UnreadableError(line, f"is not YAML: {said}", column=column)


def is_helm_template(data: bytes) -> bool:
    return _HELM.search(data) is not None
