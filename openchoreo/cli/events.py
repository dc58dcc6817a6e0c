"""openchoreo events: what has happened to the objects of a component."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from time import sleep

import click
from rich.text import Text

from openchoreo.cli.component_clusters import Found, cluster_told, find
from openchoreo.cli.durations import shown_seconds
from openchoreo.cli.showing import format_option, progress, show, show_json, table
from openchoreo.cli.telling import interrupts_quiet, problems_told
from openchoreo.cluster import Event, events_of, one_line
from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError

EXAMPLES = """\b
Examples:
  openchoreo events forecast --env staging
  openchoreo events forecast --env staging --watch
  openchoreo events forecast --env staging -o json
"""

BETWEEN_LOOKS = 2.0  # seconds
_LONGEST = 2000  # characters of a message
_HEADING = ("AGE", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE")


@click.command("events", epilog=EXAMPLES)
@click.argument("component")
@click.option("--env", "environment", required=True, help="In which environment.")
@click.option("-w", "--watch", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@format_option()
def command(component: str, environment: str, watch: bool, form: str) -> None:
    """Show the events of a component's objects in an environment, oldest first.

    COMPONENT is a name, or <namespace>/<name>. Its objects are those of the stack's state, and the
    ReplicaSets, Jobs and pods that these own. Clusters forget events after an hour, if nothing else
    is said there. Changes nothing. With --watch each is a line; as JSON one object a line.
    """
    with interrupts_quiet(), problems_told():
        with progress("Looking for its events"):
            found = find(component, environment, what="events")
            events = _events(found)
        if watch:
            _watch(found, events, as_json=form == "json")
        elif form == "json":
            show_json([_document(*one) for one in events])
        elif events:
            show(table(_HEADING, [_row(one) for _, one in events]))
    if not events and form != "json":
        click.echo(f"The cluster has no events of {found.key} in {environment}.", err=True)


def now() -> datetime:
    return datetime.now(UTC)


def _events(found: Found) -> list[tuple[str, Event]]:
    every: list[tuple[str, Event]] = []
    for plane, share in found.shares.items():
        with cluster_told(plane):
            every += [(plane, one) for one in events_of(share)]
    return sorted(every, key=lambda one: one[1].moment)


def _watch(found: Found, events: list[tuple[str, Event]], *, as_json: bool) -> None:
    """What is counted up is shown again. A cluster that is away is asked until it is back."""
    known: set[tuple[str, int, str]] = set()
    told = ""
    while True:
        for plane, one in events:
            if (one.uid, one.count, one.time) in known:
                continue
            known.add((one.uid, one.count, one.time))
            document = json.dumps(_document(plane, one), ensure_ascii=False)
            click.echo(document if as_json else "  ".join(_line(one)))
        sleep(BETWEEN_LOOKS)
        try:
            events, told = _events(found), ""
        except OpenChoreoError as error:
            if str(error) != told:
                click.echo(str(error), err=True)
            told = str(error)


def _row(event: Event) -> tuple[str | Text, ...]:
    style = "yellow" if event.type == "Warning" else ""
    age = shown_seconds((now() - event.moment).total_seconds())
    kind = Text(one_line(event.type), style)
    return age, kind, one_line(event.reason), _about(event), str(event.count), _said(event)


def _line(event: Event) -> tuple[str, ...]:
    parts = (event.time, event.type, event.reason)
    return *map(one_line, parts), _about(event), _said(event)


def _about(event: Event) -> str:
    kind, _, name = event.object
    return one_line(f"{kind}/{name}")


def _said(event: Event) -> str:
    return one_line(event.message, _LONGEST)


def _document(plane: str, event: Event) -> Object:
    kind, namespace, name = event.object
    return {
        "time": event.time,
        "type": event.type,
        "reason": event.reason,
        "object": {"kind": kind, "namespace": namespace, "name": name},
        "count": event.count,
        "message": event.message,
        "dataPlane": plane,
    }
