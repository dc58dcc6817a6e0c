"""What runs where, as it is shown: components by environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from openchoreo.cli.asking import Asking
from openchoreo.cli.showing import show, show_json, table
from openchoreo.cli.standing import Known, Standing, environments_in_order, standings
from openchoreo.delivery import load_ledger
from openchoreo.delivery.deployed import outputs_in
from openchoreo.document import Document
from openchoreo.errors import Collector, OpenChoreoError
from openchoreo.workspace.stack_files import settings_of, stacks_of_files

if TYPE_CHECKING:
    from openchoreo.cli.promotable import Promotable


class Found(Struct, frozen=True):
    """What the ledgers of some stacks say; `alone` is one stack of which more is told."""

    names: list[str]
    known: list[Known]
    promotable: list[Promotable] | None
    alone: bool


def look(stack: str, asking: Asking, *, live: bool, gates: bool) -> Found:
    """Raises OpenChoreoError with all that cannot be read."""
    if not stack:
        # Of others than these it is not known yet that there are any.
        for one in stacks_of_files():
            asking.begin_export(one)
    names = [asking.existing(stack)] if stack else asking.short_names()
    known = _known(names, asking, live=live)
    return Found(names, known, _promotable(names, asking) if gates else None, alone=bool(stack))


def tell(found: Found, form: str) -> None:
    each, waiting = standings(found.known), found.promotable or []
    gates = found.promotable is not None
    if form == "json":
        said = {"components": [one.document() for one in each]}
        show_json({**said, "promotable": [one.document() for one in waiting]} if gates else said)
    elif each or waiting:
        shown = _long(each) if found.alone else _matrix(each, found.known)
        show(*shown, *_waiting(waiting, asked=gates))
    else:
        listed = ", ".join(found.names)
        show(f"Nothing is deployed yet in {listed}." if listed else "There is no stack yet.")


def _promotable(names: Iterable[str], asking: Asking) -> list[Promotable]:
    """Imported when it is asked for: it plans."""
    from openchoreo.cli.promotable import promotable  # noqa: PLC0415 - as said

    found = Collector()
    each = [found.attempt(lambda name=name: promotable(name, asking)) for name in names]
    found.raise_if_any()
    return [one for many in each if many for one in many]


def _waiting(found: list[Promotable], *, asked: bool) -> Iterator[Table | str]:
    if not asked:
        return
    yield ""
    if not found:
        yield "Nothing runs upstream in another release."
        return
    rows = [(one.owner, one.environment, one.release, one.source, one.said) for one in found]
    yield table(("COULD RUN", "IN", "RELEASE", "FROM", "GATES"), rows)


def _known(names: Iterable[str], asking: Asking, *, live: bool) -> list[Known]:
    """Stacks of other programs have no ledger, and are left out."""
    chosen = list(names)
    for name in chosen:
        asking.begin_export(name)
    found = Collector()
    stacks = [found.attempt(lambda name=name: _of(name, asking, live=live)) for name in chosen]
    found.raise_if_any()
    return [one for one in stacks if one]


def _of(stack: str, asking: Asking, *, live: bool) -> Known | None:
    state = asking.export(stack)
    text = outputs_in(state).get("pipeline")
    if not isinstance(text, str):
        return None
    short = stack.rpartition("/")[2]
    try:
        config = settings_of(short)
    except OpenChoreoError:
        config = None  # whoever runs that stack is told
    ledger = load_ledger(text, source=f"Stack {short}")
    return Known(short, ledger, state, config, _readiness(short, state) if live else {})


def _readiness(stack: str, state: Mapping[str, Document]) -> Mapping[str, str]:
    from openchoreo.cli.readiness import readiness_of  # noqa: PLC0415 - its import takes time

    return readiness_of(stack, state)


def _matrix(found: Iterable[Standing], known: list[Known]) -> Iterator[Table | str]:
    now, ledgers = datetime.now(UTC), [one.ledger for one in known]
    environments = environments_in_order(ledgers)
    cells = {(one.owner, one.environment): one for one in found}
    owners = sorted(
        {owner for owner, _ in cells}, key=lambda one: ("/" in one.partition("/")[2], one)
    )
    rows = [
        (owner, *(_cell(cells.get((owner, environment)), now) for environment in environments))
        for owner in owners
    ]
    yield table(("COMPONENT", *(name.upper() for name in environments)), rows)
    yield from _addresses(cells.values())


def _cell(one: Standing | None, now: datetime) -> Text:
    if one is None:
        return Text("-", style="dim")
    remarks = one.remarks(now)
    style = "yellow" if remarks else "green"
    said = f" ({', '.join(remarks)})" if remarks else ""
    return Text(f"{one.release}{said}", style=style)


def _long(found: Iterable[Standing]) -> Iterator[Table | str]:
    now, rows = datetime.now(UTC), list(found)
    yield table(
        ("COMPONENT", "ENVIRONMENT", "RELEASE", "STATE", "SINCE", "BY", "PROOF", ""),
        [
            (
                one.owner,
                one.environment,
                one.release,
                one.state,
                one.since.strftime("%Y-%m-%d %H:%M UTC"),
                one.record.current.by,
                one.record.current.proof,
                ", ".join(remark for remark in one.remarks(now) if remark != "undeployed"),
            )
            for one in rows
        ],
    )
    yield from _addresses(rows)


def _addresses(found: Iterable[Standing]) -> Iterator[Table | str]:
    rows = [
        (f"{one.owner} {name}", one.environment, url)
        for one in found
        for name, url in sorted(one.urls.items())
    ]
    if rows:
        yield ""
        yield table(("ENDPOINT", "ENVIRONMENT", "URL"), rows)
