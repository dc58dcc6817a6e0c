"""Every component of the samples, rendered as OpenChoreo's own renderer does."""

from __future__ import annotations

from collections import Counter

import pytest

from openchoreo.errors import OpenChoreoError
from openchoreo.rendering import render_component
from tests.differential.cases import Case, cases, samples
from tests.differential.comparison import differences

EQUAL_AT_LEAST = 143
"""Raised when more become equal, never lowered."""

ALL = cases()

pytestmark = pytest.mark.skipif(samples() is None, reason="differential: NOT RUN, no samples here")


def verdict(case: Case) -> tuple[str, list[str]]:
    if case.release is None:
        return "not rendered by the reference", []
    given = case.render_input()
    try:
        rendered = render_component(given)
    except OpenChoreoError as error:
        stages = {str(problem.stage) for problem in error.problems}
        if case.expected.get("errorStage") in stages:
            return "error at the same stage", []
        return "error", str(error).splitlines()
    if case.expected["error"]:
        return "no error", [case.expected["error"]]
    found = differences(case.expected, rendered)
    return ("different" if found else "equal"), found


@pytest.fixture(scope="module")
def verdicts() -> dict[str, tuple[str, list[str]]]:
    return {str(case): verdict(case) for case in ALL}


def test_every_case_is_equal_or_fails_at_the_same_stage(verdicts, record_property):
    counts = Counter(word for word, _ in verdicts.values())
    record_property("differential", f"components: {dict(sorted(counts.items()))}")
    bad = {name: lines for name, (word, lines) in verdicts.items() if word in WRONG}
    assert not bad, "\n".join(f"{name}: {line}" for name, lines in bad.items() for line in lines)
    assert counts["equal"] >= EQUAL_AT_LEAST


WRONG = {"different", "error", "no error"}


def test_strict_rendering_says_what_it_refuses_and_why(record_property):
    """Without relaxing anything, these samples are refused; no other differs."""
    refused = Counter(reason for case in ALL for reason in strictly_refused(case))
    record_property("differential", f"refused when strict: {dict(sorted(refused.items()))}")
    assert refused == {
        "ComponentType default/service has no schema for parameters": 6,
        "ComponentType default/web-application has no schema for parameters": 3,
    }


def strictly_refused(case: Case) -> list[str]:
    if case.release is None or case.expected["error"]:
        return []
    try:
        render_component(case.render_input(relaxed=frozenset()))
    except OpenChoreoError as error:
        return [problem.message.splitlines()[-1] for problem in error.problems]
    return []
