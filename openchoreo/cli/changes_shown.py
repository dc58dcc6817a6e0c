"""Changes as people read them: in a terminal, in a pull request, and as data."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from rich.table import Table
from rich.text import Text

from openchoreo.cli.showing import table
from openchoreo.cli.words import counted
from openchoreo.document import Object
from openchoreo.forecast import Field, Forecast, Missing, ObjectChange, Op, Risk, Value, running_in
from openchoreo.plan import UNKNOWN

_SIGNS = {Op.CREATE: "+", Op.UPDATE: "~", Op.REPLACE: "±", Op.DELETE: "-"}
_COLOURS = {Op.CREATE: "green", Op.UPDATE: "yellow", Op.REPLACE: "magenta", Op.DELETE: "red"}
_LONG = 60


class Shown(Struct, frozen=True, kw_only=True):
    """`promoted` is owner -> the environment its release comes from, and its name."""

    stack: str
    forecast: Forecast
    owners: tuple[str, ...]
    risks: tuple[Risk, ...]
    promoted: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    @property
    def changes(self) -> tuple[ObjectChange, ...]:
        return self.forecast.of(self.owners)

    @property
    def others(self) -> tuple[ObjectChange, ...]:
        """What else the next run changes."""
        return tuple(one for one in self.forecast.changes if one.owner not in self.owners)


def as_document(shown: Shown) -> Object:
    return {
        "stack": shown.stack,
        "environment": shown.forecast.environment,
        "releases": [
            {"owner": owner, "before": before or None, "after": after or None}
            for owner, before, after in _releases(shown)
        ],
        "changes": [one.document() for one in shown.changes],
        "risks": [one.document() for one in shown.risks],
        "refusals": [str(one) for one in shown.forecast.refusals],
        "others": [one.document() for one in shown.others],
    }


def as_text(shown: Shown) -> Iterator[Text | Table]:
    """Blocks, each followed by an empty line but the last."""
    blocks = [*_blocks(shown)]
    for index, block in enumerate(blocks):
        if index:
            yield Text("")
        yield from block


def _blocks(shown: Shown) -> Iterator[list[Text | Table]]:
    where = shown.forecast.environment
    headings = {owner: (before, after) for owner, before, after in _releases(shown)}
    for owner in shown.owners:
        changes = shown.forecast.of([owner])
        lines: list[Text | Table] = [_heading(owner, headings.get(owner), where, shown)]
        lines += [line for change in changes for line in _object(change)]
        if not changes and shown.forecast.plan:
            lines.append(Text("  no object changes"))
        yield lines
    if not shown.owners:
        yield [Text(f"Nothing changes in {where}.")]
    if shown.risks:
        rows = [
            (Text(f"  {one.name}", style="bold"), f"{one.where}: {one.said}") for one in shown.risks
        ]
        grid = table(("", ""), rows)
        grid.show_header = False
        yield [Text("Risks", style="bold"), grid]
    if shown.forecast.refusals:
        text = "\n\n".join(str(one) for one in shown.forecast.refusals)
        yield [Text("The run would be refused", style="bold red"), Text(text)]
    if shown.others:
        yield [Text(_others(shown))]


def _others(shown: Shown) -> str:
    owners = dict.fromkeys(one.owner or "the environment" for one in shown.others)
    return (
        f"The next run changes {counted(len(shown.others), 'other object')} as well,"
        f" of {', '.join(owners)}: openchoreo diff --env {shown.forecast.environment}"
    )


def _heading(owner: str, releases: tuple[str, str] | None, where: str, shown: Shown) -> Text:
    text = Text(owner or f"the environment {where}", style="bold")
    if releases and releases[0] != releases[1]:
        text.append(f": {releases[0] or 'nothing'} -> {releases[1] or 'nothing'}")
    elif releases and releases[0]:
        text.append(f": {releases[0]}")
    source, _ = shown.promoted.get(owner, (where, ""))
    text.append(f" in {where}" + (f", from {source}" if source != where else ""))
    return text


def _releases(shown: Shown) -> Iterator[tuple[str, str, str]]:
    """Owner, the release that runs, and the one that is to; empty for none."""
    plan = shown.forecast.plan
    planned = {one.owner: one for one in running_in(plan)} if plan else {}
    for owner in shown.owners:
        one = planned.get(owner)
        record = one.record if one else plan.ledger.recorded(owner) if plan else None
        before = record.current.shown if record and record.running else ""
        after = one.release.shown if one and one.release else ""
        if owner and (before or after):
            yield owner, before, after


def _object(change: ObjectChange) -> Iterator[Text | Table]:
    sign, style = _SIGNS[change.op], _COLOURS[change.op]
    text = Text(f"  {sign} {change.kind} {change.name}", style=style)
    said = "stays where it is, and is no longer of this stack" if change.left else change.op.value
    text.append(f"  {said}", style="default")
    if change.op in {Op.CREATE, Op.DELETE} and change.cause:
        text.append(f" ({change.cause})", style="default")
    yield text
    rows = [
        (f"      {one.shown}", _arrow(one), Text(one.cause, style="dim"))
        for one in change.fields
        if not _is_text(one)
    ]
    if rows:
        grid = table(("", "", ""), rows)
        grid.show_header = False
        yield grid
    for one in change.fields:
        if _is_text(one):
            yield Text(f"      {one.shown}  {one.cause}")
            yield from (Text(f"        {line}") for line in _lines(one))


def _is_text(one: Field) -> bool:
    return any(isinstance(value, str) and "\n" in value for value in (one.old, one.new))


def _lines(one: Field) -> Iterator[str]:
    """The lines of a text that differ, with one around them."""
    old, new = (
        value.splitlines() if isinstance(value, str) else [] for value in (one.old, one.new)
    )
    for line in difflib.unified_diff(old, new, n=1, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _arrow(one: Field) -> str:
    if isinstance(one.old, Missing):
        return f"+ {_value(one.new)}"
    if isinstance(one.new, Missing):
        return f"- {_value(one.old)}"
    return f"{_value(one.old)} -> {_value(one.new)}"


def _value(value: Value) -> str:
    if value == UNKNOWN:
        return "(known later)"
    if isinstance(value, str):
        return value if value and len(value.split()) == 1 else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, Missing) else ""


def as_markdown(shown: Shown) -> str:
    """For the comment of a pull request: a table, the fields folded away, the risks first."""
    return "\n".join(_markdown(shown))


def _markdown(shown: Shown) -> Iterator[str]:
    where = shown.forecast.environment
    yield f"### Changes in {where}"
    yield ""
    if shown.forecast.refusals:
        yield "**The run would be refused:**"
        yield ""
        yield from _fenced("text", "\n\n".join(str(one) for one in shown.forecast.refusals))
    releases = [(o, b, a) for o, b, a in _releases(shown) if b != a]
    if releases:
        yield from _rows(("", "runs", "would run"), releases)
    if shown.risks:
        yield from _rows(
            ("risk", "where", ""), [(f"**{r.name}**", f"`{r.where}`", r.said) for r in shown.risks]
        )
    if not shown.changes:
        yield "No object changes."
        return
    rows = [
        (one.op.value, f"`{one.kind} {one.name}`", one.cause, str(len(one.fields) or ""))
        for one in shown.changes
    ]
    yield from _rows(("operation", "object", "cause", "fields"), rows)
    fields = [line for one in shown.changes if one.fields for line in _diff(one)]
    if fields:
        yield "<details><summary>Fields</summary>"
        yield ""
        yield from _fenced("diff", "\n".join(fields))
        yield "</details>"


def _diff(change: ObjectChange) -> Iterator[str]:
    yield f"# {change.kind} {change.name}"
    for one in change.fields:
        note = f"  # {one.cause}" if one.cause else ""
        if not isinstance(one.old, Missing):
            yield f"- {one.shown}: {_value(one.old)}{note}"
        if not isinstance(one.new, Missing):
            yield f"+ {one.shown}: {_value(one.new)}{note}"


def _rows(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    yield from (f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows)
    yield ""


def _fenced(language: str, text: str) -> Iterator[str]:
    yield f"```{language}"
    yield text
    yield "```"
    yield ""
