"""openchoreo why: the decision what runs here, step by step."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.owners import chosen
from openchoreo.cli.showing import format_option, progress, show, show_json, table
from openchoreo.cli.stack_run import problems_in, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import explain

EXAMPLES = """\b
Examples:
  openchoreo why forecast --env staging
  openchoreo why resource/db --env production -o json
"""


@click.command("why", epilog=EXAMPLES)
@click.argument("component")
@click.option("--env", "environment", required=True, help="In which environment.")
@format_option()
def command(component: str, environment: str, form: str) -> None:
    """Explain why a component runs in an environment, or why it does not, step by step.

    What is defined, where the environment stands in the pipeline, what is pinned and by which line,
    what runs upstream and here, what is decided from that, and what each gate says.
    """
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            run = stack_run(asking.stack_for(environment), asking)
            (owner,) = chosen(run, [component])
            try:
                found = explain(run.gathered.inputs, owner.words, owner.parts)
            except OpenChoreoError as error:
                raise problems_in(error, run.stack) from None
    if form == "json":
        steps = [one.document() for one in found]
        show_json({"owner": owner.shown, "environment": run.environment, "steps": steps})
        return
    rows = [
        (step.about if index == 0 else "", line)
        for step in found
        for index, line in enumerate(step.found)
    ]
    grid = table(("", ""), rows)
    grid.show_header = False
    show(f"{owner.shown} in {run.environment}", grid)
