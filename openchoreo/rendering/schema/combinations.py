"""Schemas combined: anyOf, oneOf, allOf and not."""

from __future__ import annotations

from collections.abc import Iterator

from openchoreo.document import Document
from openchoreo.errors import Path, Problem
from openchoreo.rendering.schema.findings import Found, Validator, name_of, problem


def _results(validators: list[Validator], value: Document, path: Path) -> Iterator[Found]:
    for validate in validators:
        found: Found = []
        validate(value, path, found)
        yield found


def any_of(validators: list[Validator]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        failures: list[Found] = []
        for result in _results(validators, value, path):
            if not result:
                return
            failures.append(result)
        found.append(_combined(path, "must validate at least one schema (anyOf)"))
        found.extend(min(failures, key=len))

    return validate


def one_of(validators: list[Validator]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        results = list(_results(validators, value, path))
        valid = sum(not result for result in results)
        if valid == 1:
            return
        outcome = f"Found {valid} valid alternatives" if valid else "Found none valid"
        message = f"must validate one and only one schema (oneOf). {outcome}"
        found.append(_combined(path, message))
        if not valid:
            found.extend(min(results, key=len))

    return validate


def all_of(validators: list[Validator]) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        results = list(_results(validators, value, path))
        for result in results:
            found.extend(result)
        if any(results):
            outcome = ". None validated" if all(results) else ""
            found.append(_combined(path, f"must validate all the schemas (allOf){outcome}"))

    return validate


def none_of(refused: Validator) -> Validator:
    def validate(value: Document, path: Path, found: Found) -> None:
        result: Found = []
        refused(value, path, result)
        if not result:
            found.append(_combined(path, "must not validate the schema (not)"))

    return validate


def _combined(path: Path, message: str) -> Problem:
    return problem(path, f'"{name_of(path)}" {message}')
