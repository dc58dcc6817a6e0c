"""openchoreo plan: one digest over what the next run does."""

from __future__ import annotations

import click

from openchoreo.cli.asking import Asking
from openchoreo.cli.manifests import write_files
from openchoreo.cli.showing import format_option, progress, show, show_json
from openchoreo.cli.stack_run import StackRun, problems_in, stack_run
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted
from openchoreo.errors import OpenChoreoError
from openchoreo.plan import Fingerprint, fingerprint, make_plan
from openchoreo.workspace.expected import FOLDER, program_version, saved_as, saved_text

EXAMPLES = """\b
Examples:
  openchoreo plan --env staging
  openchoreo plan --env staging --save
  pulumi config set openchoreo:expect sha256:... --stack staging
"""


@click.command("plan", epilog=EXAMPLES)
@click.option("--env", "environment", required=True, help="The environment of the run.")
@click.option("--save", is_flag=True, help=f"Keep what it is over below {FOLDER}/.")
@format_option()
def command(environment: str, save: bool, form: str) -> None:
    """Print one digest over all that the next run does.

    It is over rendered manifests, releases, what they were promoted on, targets and the version of
    this program. With openchoreo:expect in stack config a run with any other digest is refused, so
    that what was reviewed is what is applied; where the review was saved, the refusal says what
    differs.
    """
    with problems_told():
        asking = Asking()
        with progress("Looking at the stacks"):
            run = stack_run(asking.stack_for(environment), asking)
            found = _fingerprint(run)
        if save:
            file = saved_as(run.environment, found.digest)
            write_files(file.parent, {file.name: saved_text(found.content)})
            click.echo(f"saved as {file}", err=True)
    if form == "json":
        show_json({"digest": found.digest, "content": found.content})
    else:
        show(*_lines(run, found))


def _fingerprint(run: StackRun) -> Fingerprint:
    try:
        return fingerprint(make_plan(run.gathered.inputs), program_version())
    except OpenChoreoError as error:
        raise problems_in(error, run.stack) from None


def _lines(run: StackRun, found: Fingerprint) -> list[str]:
    counts = {
        "object": found.content["objects"],
        "release": found.content["releases"],
    }
    parts = [counted(len(value), name) for name, value in counts.items() if isinstance(value, dict)]
    command_ = f"pulumi config set openchoreo:expect {found.digest} --stack {run.stack}"
    return [
        found.digest,
        f"{run.environment}: {', '.join(parts)}, openchoreo {program_version()}",
        f"to have nothing else applied: {command_}",
    ]
