"""Runs the Pulumi program once, in a process of its own, and tells how much work it was.

    python -m tests.counting.program FOLDER

`run.json` in the folder says which stack runs, with which config, and the outputs of all stacks.
Calls are counted where parts of the program meet, by names that are public there.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from functools import wraps
from pathlib import Path

import yaml
from pulumi import runtime
from pulumi.runtime.settings import Settings, configure

import openchoreo
from openchoreo import cel, delivery, rendering, template
from openchoreo.engine import deploy
from tests.counting.monitor import Monitor, served

assert deploy  # imported so that its names can be counted


class Work:
    """What was called how often, each by what it was called with."""

    def __init__(self) -> None:
        self.compiled: Counter[str] = Counter()
        self.templates: Counter[str] = Counter()
        self.parsed: Counter[str] = Counter()
        self.opened: Counter[str] = Counter()
        self.rendered: Counter[str] = Counter()
        self.ledgers: Counter[str] = Counter()
        self.stores: Counter[str] = Counter()

    def count(self) -> None:
        """From here on."""
        compile_ = cel.Dialect.compile

        def compiled(dialect, source, variables):
            known = ", ".join(sorted(variables))
            self.compiled[f"{source} with {known} in {id(dialect)}"] += 1
            return compile_(dialect, source, variables)

        cel.Dialect.compile = compiled
        _replace(template.compile_template, self.templates, lambda document, **_: str(document))
        _replace(rendering.render_component, self.rendered, lambda given: given.component)
        _replace(rendering.render_project, self.rendered, lambda given: given.project)
        _replace(delivery.load_ledger, self.ledgers, lambda _text, source, **_: source)
        _replace(delivery.load_store, self.stores, lambda _text, source: source)
        self._count_parsers()
        sys.addaudithook(self._opened)

    def _count_parsers(self) -> None:
        """Every use of libyaml, by the text it is given."""
        parser, parsed = yaml.CSafeLoader, self.parsed

        class Loader(parser):
            def __init__(self, stream) -> None:
                data = stream if isinstance(stream, bytes) else str(stream).encode()
                parsed[data.decode()] += 1
                super().__init__(stream)

        _put_in_place_of(parser, Loader)

    def _opened(self, event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            path = str(arguments[0])
            if path.endswith(".yaml"):
                self.opened[path] += 1


def _replace(function, counter, what) -> None:
    """Has every call counted, by whatever name modules know the function."""

    @wraps(function)
    def counted(*arguments, **named):
        counter[what(*arguments, **named)] += 1
        return function(*arguments, **named)

    _put_in_place_of(function, counted)


def _put_in_place_of(original, other) -> None:
    for name, module in list(sys.modules.items()):
        if name == "yaml" or name.partition(".")[0] == "openchoreo":
            for key, value in list(vars(module).items()):
                if value is original:
                    setattr(module, key, other)


def ran(folder: Path) -> dict:
    os.chdir(folder)
    asked = json.loads(Path("run.json").read_text("utf-8"))
    work, monitor = Work(), Monitor(asked["stacks"])
    with served(monitor) as address:
        configure(Settings("shop", asked["stack"], monitor=address, organization="organization"))
        runtime.set_all_config(asked["config"], [])
        work.count()
        asyncio.run(runtime.run_in_stack(openchoreo.deploy))
    return {
        **{name: dict(counter) for name, counter in vars(work).items()},
        "requests": dict(monitor.requests),
        "registered": [[*key, count] for key, count in monitor.registered.items()],
        "finished": dict(monitor.finished),
        "reads": [[*key, count] for key, count in monitor.reads.items()],
        "outputs": monitor.outputs,
    }


if __name__ == "__main__":
    print(json.dumps(ran(Path(sys.argv[1]))))
