import pulumi
import pytest

from openchoreo.engine import stacks
from openchoreo.errors import OpenChoreoError

EOF = (
    "invoke of pulumi:pulumi:readStackOutputs failed: invocation of "
    "pulumi:pulumi:readStackOutputs returned an error: failed to load checkpoint: EOF"
)


@pytest.fixture
def answers(monkeypatch):
    """What the engine answers one after the other; exceptions are raised."""
    given = []

    def invoke(token, arguments):
        assert (token, arguments) == (
            "pulumi:pulumi:readStackOutputs",
            {"name": "organization/shop/staging"},
        )
        answer = given.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pulumi.runtime, "invoke", invoke)
    monkeypatch.setattr(stacks, "_PAUSES", (0, 0))
    return given


def read():
    return stacks.read_outputs("organization/shop/staging")


def test_the_last_outputs_of_a_stack_are_read(answers):
    answers.append({"name": "organization/shop/staging", "outputs": {"a": 1.0}})
    assert read() == {"a": 1.0}


def test_a_stack_that_does_not_exist_is_none(answers):
    answers.append(Exception('unknown stack "organization/shop/staging"'))
    assert read() is None


def test_a_state_that_is_being_written_is_read_again(answers):
    answers += [Exception(EOF), Exception(EOF), {"outputs": {"a": 1.0}}]
    assert read() == {"a": 1.0}


def test_a_state_that_stays_unreadable_is_told(answers):
    answers += [Exception(EOF)] * 3
    with pytest.raises(OpenChoreoError, match="failed to load checkpoint: EOF"):
        read()
    assert answers == []


def test_any_other_problem_is_told_at_once(answers):
    answers.append(Exception("access denied"))
    with pytest.raises(OpenChoreoError) as problem:
        read()
    assert str(problem.value) == (
        "Stack organization/shop/staging\n"
        "  its outputs cannot be read: access denied\n"
        "  check that you are logged in to the backend that holds it: pulumi whoami -v"
    )
