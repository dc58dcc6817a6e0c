"""openchoreo move: projects go to a stack of another Pulumi project, with all that is recorded."""

from __future__ import annotations

from pathlib import Path

import click

from openchoreo.cli.moving import move_of, read_side
from openchoreo.cli.showing import format_option, progress, show_json
from openchoreo.cli.telling import problems_told
from openchoreo.cli.words import counted

EXAMPLES = """\b
Examples:
  openchoreo move payments --stack development --to payments --dry-run
  openchoreo move payments --stack development --to payments
  openchoreo move payments ledgers --stack staging --to ../billing --to-stack main
"""


@click.command("move", epilog=EXAMPLES)
@click.argument("projects", metavar="PROJECT...", nargs=-1, required=True)
@click.option("--stack", required=True, help="The stack here that has deployed them.")
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the Pulumi project that is to deploy them.",
)
@click.option("--to-stack", default="", help="The stack there.  [default: of the same name]")
@click.option("--dry-run", is_flag=True, help="Only say what would be moved.")
@format_option()
def command(
    projects: tuple[str, ...], stack: str, to: Path, to_stack: str, dry_run: bool, form: str
) -> None:
    """Hand projects over to a stack of another Pulumi project.

    Their resources go from the state of one stack to that of the other, and so do their releases,
    history and evidence. No object is made, changed or deleted. The stack files of both have to say
    already who deploys what (openchoreo:projects); where anything would be lost, nothing is
    written. The other stack is written first: what was interrupted is finished by the same command.
    """
    with problems_told(), progress("reading both stacks"):
        source, target = read_side(Path(), stack), read_side(to, to_stack or stack)
        found = move_of(projects, source, target)
        if found.projects:
            found.check()
            found.make(only_try=dry_run)
    if form == "json":
        show_json(
            {
                "from": source.name,
                "to": target.name,
                "projects": sorted(found.projects),
                "components": found.components,
                "objects": found.resources.objects,
                "left": found.left,
                "dryRun": dry_run,
            }
        )
        return
    if not found.projects:
        click.echo(f"{target.name} has all of it already; nothing was changed")
        return
    components = counted(len(found.components), "component")
    objects = counted(found.resources.objects, "object")
    what = f"{', '.join(sorted(found.projects))}: {components}, {objects}"
    if dry_run:
        click.echo(f"{target.name} would get {what}")
        return
    click.echo(f"{target.name} has {what}")
    if found.left:
        click.echo("next, in both folders: pulumi preview --stack <stack>, which changes no object")
        return
    click.echo(f"{source.name} has no project any more, and a run would deploy them again;")
    click.echo(f"next: pulumi stack rm --force {source.name}, which deletes no object")
