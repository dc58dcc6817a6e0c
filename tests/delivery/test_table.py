"""The whole decision table, and what holds for each of its rows.

After a change that is meant: pytest tests/delivery/test_table.py --update-golden, and review the
difference of decisions.txt.
"""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from openchoreo.delivery import Situation, decide
from openchoreo.errors import OpenChoreoError
from tests.delivery.table import STACKS, Case, Table, cases

GOLDEN = Path(__file__).parent / "decisions.txt"
COMMAND = re.compile(r"pulumi config (set|rm) --path '([^']+)'(?: (\S+))? --stack (\S+)")
PIN, STATE, HOLD, REMOVED = (
    "openchoreo:bindings.greeter.releaseName",
    "openchoreo:bindings.greeter.state",
    "openchoreo:bindings.greeter.hold",
    "openchoreo:removed[0]",
)
STEPS = 3
"""Deploy upstream, pin what runs there then, decide."""


@pytest.fixture(scope="module")
def table(make):
    return Table(make)


@pytest.fixture(scope="module")
def rows(table):
    """Every case with its decision or refusal."""
    return [(case, table.decided(case)) for case in cases()]


def refusals(rows):
    return [(case, found) for case, found in rows if isinstance(found, OpenChoreoError)]


def decisions(rows):
    return [(case, found) for case, found in rows if not isinstance(found, OpenChoreoError)]


def test_every_row_is_decided_as_written(table, update_golden):
    found = table.text(cases())
    if update_golden:
        GOLDEN.write_text(found)
    assert found.splitlines() == GOLDEN.read_text().splitlines()


def test_no_combination_is_listed_twice():
    every = list(cases())
    assert len(set(every)) == len(every)


def test_what_runs_stays_until_somebody_says_otherwise(rows):
    kept = [
        found.release is not None
        for case, found in decisions(rows)
        if case.runs and not case.undeploy and not case.removed
    ]
    assert kept
    assert all(kept)


def test_what_runs_goes_when_somebody_says_so(rows):
    asked = [
        (case, found.action)
        for case, found in decisions(rows)
        if case.runs and (case.undeploy or case.removed)
    ]
    assert {action for _, action in asked} == {"undeploy", "remove"}
    assert all((action == "undeploy") == case.undeploy for case, action in asked)


def test_undeploy_is_never_refused_unless_the_component_is_to_be_removed_as_well(rows):
    assert [case for case, _ in refusals(rows) if case.undeploy and not case.removed] == []


def test_a_pin_is_what_runs_or_the_run_is_refused(table, rows):
    pinned = [(case, found) for case, found in decisions(rows) if case.pin and found.release]
    assert pinned
    for case, found in pinned:
        assert found.release.name == table.situation(case).binding.pin.name


def test_a_later_environment_runs_only_what_has_run_upstream_or_here(table, rows):
    later = [one for one in decisions(rows) if one[0].place == "later" and one[1].release]
    assert later
    for case, found in later:
        situation = table.situation(case)
        records = [record for _, record in situation.upstream_records()]
        records += [situation.recorded] if situation.recorded else []
        assert any(record.deployed(found.release.digest) for record in records)
        assert found.upstream


def test_every_refusal_names_the_component_and_what_runs(table, rows):
    for case, found in refusals(rows):
        text = str(found)
        assert text.splitlines()[0].startswith(("Component default/greeter", "2 problems"))
        running = table.situation(case).running
        told = not about_removal(found)
        mistyped = " is sha256:" in text
        if running and told and not mistyped and case.defined != "broken":
            assert running.name in text


def test_every_command_of_a_refusal_mends_it(table, rows):
    """Each by itself; problems of the definitions that are told beside it are mended too."""
    typed = [one for one in commanded(rows) if not about_removal(one[1])]
    assert len({command[0] for _, _, command in typed}) == 9
    ends = [
        (case, command[0], table.decided(configured(case, command))) for case, _, command in typed
    ]
    assert [one for one in ends if refused(one[2])] == []


def test_the_command_that_takes_a_removal_back_leaves_only_what_is_wrong_besides(table, rows):
    typed = [one for one in commanded(rows) if one[2][2] == REMOVED and one[2][1] == "rm"]
    ends = [table.decided(configured(case, command)) for case, _, command in typed]
    assert any(not refused(end) for end in ends)
    assert [end for end in ends if refused(end) and about_removal(end)] == []


def test_the_command_that_undeploys_what_is_to_be_removed_mends_it(table, rows):
    typed = [one for one in commanded(rows) if about_removal(one[1]) and one[2][2] == STATE]
    assert typed
    assert [one for one in typed if refused(table.decided(configured(one[0], one[2])))] == []


def test_every_command_that_offers_a_release_makes_it_run(table, rows):
    offered = [(case, found) for case, found in decisions(rows) if found.available]
    assert offered
    for case, found in offered:
        after = table.decided(configured(case, COMMAND.fullmatch(found.hint)))
        assert after.release.name == found.available


def test_the_command_to_deploy_upstream_leads_to_a_decision(make, table, rows):
    sent = [(case, found) for case, found in refusals(rows) if "pulumi up" in str(found)]
    assert sent
    assert [case for case, _ in sent if refused(followed(make, table.situation(case)))] == []


def configured(case: Case, command: re.Match) -> Case:
    """The case once a command was typed."""
    verb, path, value, stack = command.groups()
    assert stack == STACKS[case.place]
    changes = {
        ("set", PIN): {"pin": value},
        ("rm", PIN): {"pin": ""},
        ("set", STATE): {"undeploy": value == "Undeploy"},
        ("rm", HOLD): {"hold": False},
        ("set", REMOVED): {"removed": value == "default/greeter"},
        ("rm", REMOVED): {"removed": False},
    }
    mended = {"defined": "yes"} if case.defined == "broken" else {}
    return replace(case, **changes[verb, path], **mended)


def followed(make, situation: Situation):
    """The end of doing what each refusal says, for a person who has no other idea."""
    for _ in range(STEPS):
        try:
            return decide(situation)
        except OpenChoreoError as error:
            pin = COMMAND.search(str(error))
            if pin:
                situation = replace(situation, binding=make.binding(releaseName=pin[3]))
            else:
                situation = replace(situation, upstreams=(deployed(make, situation),))
    return OpenChoreoError()


def deployed(make, later: Situation):
    """The upstream once it was deployed with the definitions of today, doing what its note says."""
    first = replace(
        later, environment="development", upstreams=(), binding=make.binding(), recorded=None
    )
    decision = decide(first)
    if decision.hint:
        pin = COMMAND.fullmatch(decision.hint)[3]
        decision = decide(replace(first, binding=make.binding(releaseName=pin)))
    return make.upstream("development", decision.release)


def commanded(rows):
    """Every command of every refusal."""
    return [
        (case, found, command)
        for case, found in refusals(rows)
        for command in COMMAND.finditer(str(found))
    ]


def about_removal(found: OpenChoreoError) -> bool:
    return found.problems[0].path[:1] == ("openchoreo:removed",)


def refused(found) -> bool:
    return isinstance(found, OpenChoreoError)
