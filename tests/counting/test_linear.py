"""Work for twice as many components is twice the work: calls are counted, not seconds."""

import sys
from pathlib import Path

from bench import tree
from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.plan import OfflineInputs, render_offline, scope_of

FEW, MANY = 100, 200
AT_MOST = 2.02


def calls_of(action):
    """How many functions of Python are called."""
    counted = 0

    def count(_frame, event, _argument):
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        done = action()
    finally:
        sys.setprofile(before)
    return counted, done


def work(folder: Path, size):
    tree.write(folder, size)
    loading, catalog = calls_of(lambda: load([folder]))
    scope = scope_of(catalog, StackConfig(environment="development"))
    inputs = OfflineInputs(scope=scope, bindings={}, read_yaml=read_yaml)
    rendering, done = calls_of(lambda: render_offline(inputs))
    assert not done.problems
    return {"loading": loading, "rendering": rendering}


def test_twice_the_components_are_twice_the_calls(tmp_path):
    work(tmp_path / "first", FEW)  # what is compiled once is compiled here
    few, many = work(tmp_path / "few", FEW), work(tmp_path / "many", MANY)
    grown = {what: many[what] / few[what] for what in few}
    assert {what: ratio for what, ratio in grown.items() if ratio > AT_MOST} == {}
