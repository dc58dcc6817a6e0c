"""How lines of containers are shown: each with its pod, for people or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import cycle

import click

from openchoreo.cli.showing import console
from openchoreo.cluster import Line, Notice, Source, for_terminal

_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_magenta")


@dataclass
class LinesShown:
    """`shown` counts lines, `lost` what kept others from being read."""

    as_json: bool = False
    timestamps: bool = False
    prefix: bool = True
    shown: int = 0
    lost: int = 0
    _colours: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        out = console()
        self._terminal = out.is_terminal
        self._coloured = out.is_terminal and not out.no_color
        self._next = cycle(_COLOURS)

    def show(self, one: Line | Notice) -> None:
        if isinstance(one, Notice):
            self.lost += one.lost
            _tell(one)
            return
        self.shown += 1
        # Whole lines, unchanged but for what is a terminal's; pipes get every byte.
        click.echo(self._json(one) if self.as_json else self._text(one), color=True)

    def _json(self, line: Line) -> str:
        source = line.source
        document = {
            "pod": source.pod,
            "container": source.container,
            "time": line.time,
            "line": line.text,
        }
        return json.dumps(document, ensure_ascii=False)

    def _text(self, line: Line) -> str:
        parts = [self._prefix(line.source)] if self.prefix else []
        if self.timestamps and line.time:
            parts.append(line.time)
        text = line.text
        if self._terminal:
            text = for_terminal(text, coloured=self._coloured)
        return " ".join((*parts, text))

    def _prefix(self, source: Source) -> str:
        name = source.pod if source.alone else f"{source.pod}/{source.container}"
        if not self._coloured:
            return name
        if source.pod not in self._colours:
            self._colours[source.pod] = next(self._next)
        return click.style(name, fg=self._colours[source.pod])


def _tell(one: Notice) -> None:
    """On standard error, so that lines can be piped on."""
    for text in (one.text, *(f"  {line}" for line in one.hint.splitlines())):
        click.echo(text, err=True)
