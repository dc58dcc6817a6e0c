"""What is made once of shared values is found by identity, and never taken for something else."""

from openchoreo.rendering import kept
from openchoreo.rendering.kept import Kept


def test_the_same_values_are_asked_once():
    asked = []
    joined = Kept(lambda first, second: asked.append(first) or (first, second))
    first, second = {"a": 1}, [2]
    assert joined(first, second) is joined(first, second)
    assert asked == [first]


def test_equal_values_are_other_values():
    asked = []
    count = Kept(lambda given: asked.append(given) or len(asked))
    assert (count({"a": 1}), count({"a": 1})) == (1, 2)


def test_what_was_given_keeps_its_identity():
    """A result of something that is gone would be found for what took its place in memory."""
    shown = Kept(repr)
    assert [shown({"index": index}) for index in range(100)] == [
        repr({"index": index}) for index in range(100)
    ]


def test_there_is_an_end_to_it(monkeypatch):
    monkeypatch.setattr(kept, "_MOST", 3)
    shown = Kept(repr)
    given = [{"index": index} for index in range(10)]
    assert [shown(one) for one in given * 2] == [repr(one) for one in given * 2]
    assert len(shown._results) <= 3
