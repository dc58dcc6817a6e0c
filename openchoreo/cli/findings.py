"""Problems one per line, as editors and CI systems read them."""

from __future__ import annotations

from openchoreo.document import Document
from openchoreo.errors import Problem, format_path
from openchoreo.workspace.validating import Finding


def line_of(one: Finding) -> str:
    """`file:line:column: error: Component default/x: spec.foo: message (hint)`."""
    problem = one.problem
    place = [problem.file, *(str(n) for n in (problem.line, problem.column) if n)]
    start = f"{':'.join(place)}: " if problem.file else ""
    severity = "error" if one.error else "warning"
    return f"{start}{severity}: {_subject(problem)}{_said(one)}"


def annotation_of(one: Finding) -> str:
    """A command to the runner of GitHub Actions, which shows it beside the line."""
    problem = one.problem
    given = {
        "file": problem.file,
        "line": str(problem.line or ""),
        "col": str(problem.column or ""),
        "title": _subject(problem).removesuffix(": "),
    }
    properties = ",".join(f"{key}={_property(value)}" for key, value in given.items() if value)
    return f"::{'error' if one.error else 'warning'} {properties}::{_data(_said(one))}"


def document_of(one: Finding) -> dict[str, Document]:
    """The stable JSON form; fields are only ever added."""
    problem = one.problem
    return {
        "severity": "error" if one.error else "warning",
        "stage": str(problem.stage),
        "resource": problem.resource,
        "path": format_path(problem.path),
        "message": problem.message,
        "hint": problem.hint,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "environments": [*one.environments],
    }


def _subject(problem: Problem) -> str:
    """A file is named once."""
    resource = "" if problem.resource == problem.file else problem.resource
    parts = (resource, format_path(problem.path))
    return "".join(f"{part}: " for part in parts if part)


def _said(one: Finding) -> str:
    where = f"in {', '.join(one.environments)}: " if _is_news(one) else ""
    hint = f" ({_flat(one.problem.hint)})" if one.problem.hint else ""
    return f"{where}{_flat(one.problem.message)}{hint}"


def _is_news(one: Finding) -> bool:
    """Whether the resource does not name the environment itself."""
    named = len(one.environments) == 1 and one.environments[0] in one.problem.resource
    return bool(one.environments) and not named


def _flat(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
