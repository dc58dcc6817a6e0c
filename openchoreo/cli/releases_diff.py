"""openchoreo releases diff: what differs between two releases, field by field."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from rich.text import Text

from openchoreo.cli.compared import lines_of
from openchoreo.cli.kept import Kept, read_kept, release_named
from openchoreo.cli.recorded import RecordedOwner
from openchoreo.cli.showing import format_option, show, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.delivery import KnownRelease, Release
from openchoreo.document import Object
from openchoreo.forecast import Difference, Missing, differences, shown_path

EXAMPLES = """\b
Examples:
  openchoreo releases diff greeter-3f2a9c41d0b7 greeter-81f6a2be00c4
  openchoreo releases diff 3f2a9c41d0b7 81f6a2be00c4 --output json
"""


@click.command("diff", epilog=EXAMPLES)
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@format_option()
def command(old: str, new: str, form: str) -> None:
    """Show what differs between two releases, field by field: - as it is in A, + as it is in B.

    Both are named as in `releases show`. Exits with 1 where they differ. Changes nothing.
    """
    with problems_told():
        kept = read_kept()
        known = kept.releases
        before, after = (_found(text, known, kept) for text in (old, new))
        found = differences({"spec": before[1].spec}, {"spec": after[1].spec})
        if form == "json":
            show_json(_document(before[0], after[0], found))
        else:
            show(*_text(before, after, found))
    sys.exit(1 if found else 0)


_Side = tuple[KnownRelease, Release]


def _found(text: str, known: tuple[KnownRelease, ...], kept: Kept) -> _Side:
    one = release_named(text, known)
    return one, kept.document(one)


def _document(old: KnownRelease, new: KnownRelease, found: tuple[Difference, ...]) -> Object:
    return {
        "old": {"release": old.shown, "digest": old.digest},
        "new": {"release": new.shown, "digest": new.digest},
        "differences": [_difference(one) for one in found],
    }


def _difference(found: Difference) -> Object:
    """What is not there on one side is left out."""
    written: Object = {"path": shown_path(found.path)}
    if not isinstance(found.old, Missing):
        written["old"] = found.old
    if not isinstance(found.new, Missing):
        written["new"] = found.new
    return written


def _text(old: _Side, new: _Side, found: tuple[Difference, ...]) -> Iterator[Text | str]:
    if not found:
        yield f"{old[0].shown} and {new[0].shown} hold the same."
        return
    yield Text(f"- {_title(old[0])}", style="red")
    yield Text(f"+ {_title(new[0])}", style="green")
    if old[1].format != new[1].format:
        formats = f"{old[1].format} and {new[1].format}"
        yield f"They are of formats {formats}, which write different defaults out."
    for one in found:
        yield ""
        yield from lines_of(one)


def _title(known: KnownRelease) -> str:
    return f"{known.shown} ({RecordedOwner(known.words, known.key)}, {known.digest})"
