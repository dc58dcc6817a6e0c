"""What the documents say of tests and of numbers has to be so."""

import ast
import re
from pathlib import Path

import pytest

from openchoreo.policy import RELAXABLE

TESTS = Path(__file__).parent
DEVIATIONS = (TESTS.parent / "docs" / "deviations.md").read_text("utf-8")
TRUST = (TESTS.parent / "docs" / "trust.md").read_text("utf-8")
PAGES = DEVIATIONS + TRUST
ROWS = [row.split(" | ") for row in re.findall(r"^\| \d+ \| .*$", DEVIATIONS, re.MULTILINE)]


def names(node):
    """The tests of a module or class, as pytest calls them."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef):
            yield from (f"{each.name}::{name}" for name in names(each))
        elif isinstance(each, ast.FunctionDef):
            yield each.name


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py::[\w:]+)`", PAGES))))
def test_a_named_test_is_there(name):
    file, _, test = name.partition("::")
    assert test in set(names(ast.parse((TESTS / file).read_text("utf-8"))))


@pytest.mark.parametrize("name", re.findall(r"`(golden/[\w-]+)`", DEVIATIONS))
def test_a_named_golden_directory_is_there(name):
    assert (TESTS / name).is_dir()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]*test_\w+\.py)`", PAGES))))
def test_a_named_file_of_tests_is_there(name):
    assert (TESTS / name).is_file()


ATTACKS = [
    row.strip("| ").split(" | ")
    for row in TRUST.partition("## What is checked")[2].partition("\n## ")[0].splitlines()
    if row.startswith("| ") and not row.startswith("| attack")
]


@pytest.mark.parametrize(("attack", "shown_by"), [(row[0], row[2]) for row in ATTACKS])
def test_every_attack_names_the_test_that_shows_it(attack, shown_by):
    assert re.search(r"`[\w/]+\.py::[\w:]+`", shown_by), attack


@pytest.mark.parametrize(
    "attack",
    [
        "copied to another digest",
        "a signed approval is edited",
        "signed by an unknown key",
        "clock of the machine is moved back",
        "ledger of another environment",
        "its lineage is another",
        "swapped under its name",
        "a name that two digests have",
        "policy.yaml is removed",
        "break-glass that has expired",
    ],
)
def test_the_attacks_that_were_thought_of_are_there(attack):
    assert [row for row in ATTACKS if attack in row[0]]


def test_every_difference_has_a_row():
    assert [int(row[0].strip("| ")) for row in ROWS] == list(range(1, 29))


def test_what_can_be_relaxed_is_what_the_policy_takes():
    marked = {int(row[0].strip("| ")) for row in ROWS if row[1] == "r"}
    assert marked == RELAXABLE
    listed = re.search(r"They are ([\d, ]+) and (\d+), marked", DEVIATIONS)
    assert listed
    assert {int(number) for number in (*listed[1].split(", "), listed[2])} == RELAXABLE
