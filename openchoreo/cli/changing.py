"""Stack config written after its effect has been shown, and applied on request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

from openchoreo.cli.changes_shown import Shown, as_document, as_markdown, as_text
from openchoreo.cli.showing import format_option, show, show_json
from openchoreo.cli.stack_run import StackRun
from openchoreo.config import file_of
from openchoreo.delivery.deployed import contexts_in
from openchoreo.errors import OpenChoreoError, Problem, Stage
from openchoreo.forecast import Wanted
from openchoreo.workspace.yaml_edit import with_value, without

F = TypeVar("F", bound=Callable[..., Any])


class Way(Struct, frozen=True):
    """What happens after the changes have been shown."""

    dry_run: bool
    apply: bool
    yes: bool
    form: str


def way_options(command: F) -> F:
    """--dry-run, --apply, --yes and -o, for commands that write stack config."""
    for option in (
        format_option("markdown"),
        click.option("--yes", "-y", is_flag=True, help="Do not ask before --apply."),
        click.option("--apply", is_flag=True, help="Run `pulumi up` afterwards."),
        click.option("--dry-run", is_flag=True, help="Show it, and write nothing."),
    ):
        command = option(command)
    return command


def carry_out(run: StackRun, wanted: Sequence[Wanted], shown: Shown, way: Way) -> None:
    """Shows, writes, and runs Pulumi where that is asked for; ends the command.

    Nothing is written where the run would be refused.
    """
    tell(shown, way.form)
    if shown.forecast.refusals:
        _say("Nothing was written.")
        sys.exit(1)
    file = Path(file_of(run.stack))
    before = file.read_text("utf-8") if file.is_file() else ""
    after = edited(before, wanted, file=file.name)
    if after == before:
        _say(f"{file} says so already.")
    elif way.dry_run:
        _say(f"{file} was left as it is.")
    else:
        _write(file, after)
        for line in _told(before, wanted, file.name):
            _say(f"{file}: {line}")
    if not way.apply or way.dry_run:
        if after != before and not way.dry_run:
            _say(f"next: pulumi up --stack {run.stack}")
        return
    if not way.yes and not _confirmed(run.stack):
        sys.exit(1)
    from openchoreo.cli.automation import up  # noqa: PLC0415 - its import takes a second

    sys.exit(up(run.stack, only_files=_only_files(run, shown)))


def _only_files(run: StackRun, shown: Shown) -> bool:
    """Whether neither the next run nor the one before has anything to do with a cluster."""
    plan = shown.forecast.plan
    planned = plan is not None and not any(plane.cluster for plane in plan.planes)
    return planned and not contexts_in(run.state)


def tell(shown: Shown, form: str) -> None:
    if form == "json":
        show_json(as_document(shown))
    elif form == "markdown":
        click.echo(as_markdown(shown))
    else:
        show(*as_text(shown))


def edited(text: str, wanted: Sequence[Wanted], *, file: str) -> str:
    """The stack's file with all of it, and every other byte as it was."""
    for one in wanted:
        for field, value in one.values().items():
            keys = ("config", one.words.config, one.name, field)
            text = (
                without(text, keys, file=file)
                if value is None
                else with_value(text, keys, value, file=file)
            )
    return text


def _told(text: str, wanted: Sequence[Wanted], file: str) -> list[str]:
    """What is new in the file."""
    lines: list[str] = []
    for one in wanted:
        for field, value in one.values().items():
            alone = _only(one, field)
            if edited(text, [alone], file=file) != text:
                said = "removed" if value is None else "true" if value is True else value
                lines.append(f"{one.words.config}.{one.name}.{field}: {said}")
    return lines


def _only(one: Wanted, field: str) -> Wanted:
    return Wanted(
        words=one.words,
        name=one.name,
        key=one.key,
        pin=one.pin if field == one.words.pin else None,
        state=one.state if field == "state" else None,
        hold=one.hold if field == "hold" else None,
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OpenChoreoError(Problem(Stage.CONFIG, str(file), (), message)) from None


def _confirmed(stack: str) -> bool:
    if not sys.stdin.isatty():
        _say("Nobody can be asked here; say --yes to have it applied.")
        return False
    return click.confirm(f"Run `pulumi up --stack {stack}` now?", err=True)


def _say(text: str) -> None:
    """Beside what is shown, so that JSON stays JSON."""
    click.echo(text, err=True)
