"""The command line: `openchoreo`, and `python -m openchoreo`.

Each command is a module that is imported when it is used, so that a cold start is quick.
"""

from __future__ import annotations

import difflib
import importlib
import os

import click
from click.shell_completion import CompletionItem

from openchoreo.garbage import uncollected

_COMMANDS = {
    "approve": "Approve a release for an environment.",
    "attest": "Write what a check says of a release.",
    "completion": "Print the script that has a shell complete commands and names.",
    "deploy": "Have a component run again: take back undeployment, hold and pin.",
    "diff": "Show what a promotion, or the next run, would change, and how risky it is.",
    "doctor": "Say what clusters lack for the definitions at hand.",
    "drift": "Show what others have changed in what a stack deployed, or put it back.",
    "events": "Show the events of a component's objects in an environment.",
    "export": "Write what runs as an OpenChoreo repository, or as trees for Flux and Argo CD.",
    "graph": "Show what components need of each other, and the pipelines.",
    "history": "Show what ran when, and on which evidence.",
    "hold": "Keep the release that runs, whatever the definitions say.",
    "impact": "Show which components, in which environments, changed definitions reach.",
    "import": "Say what an OpenChoreo repository needs to be deployed here.",
    "init": "Make a Pulumi project of this directory.",
    "ledger": "Export what stacks have recorded to files, and bring it back.",
    "logs": "Show what the containers of a component have written in an environment.",
    "move": "Hand projects over to a stack of another Pulumi project.",
    "plan": "Print one digest over what the next run does.",
    "promote": "Pin what runs upstream, after showing what that changes.",
    "releases": "Show and compare the releases that ledgers know, or export them.",
    "render": "Print the manifests that definitions make, without Pulumi.",
    "rollback": "Pin a release that ran here before.",
    "sets": "Show which releases ran together, to be promoted as a whole.",
    "status": "Show what runs where, from the ledgers of the stacks.",
    "undeploy": "Take a component's objects away, and keep its history.",
    "validate": "Say what is wrong with a repository, for editors and CI.",
    "why": "Explain, step by step, what runs in an environment.",
    "workload": "Write Workloads from an image, or from a workload descriptor.",
}

_ALIASES = {"release": "releases"}
_MODULES = {"import": "import_"}
"""Of commands whose name no module can have."""


_COMPLETING = "_OPENCHOREO_COMPLETE" in os.environ
"""Whether a shell asks, through the script of `openchoreo completion`."""

if _COMPLETING:
    from openchoreo.cli.shells import register

    register()


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from importlib import metadata  # noqa: PLC0415 - its import takes time

    try:
        version = metadata.version("openchoreo")
    except metadata.PackageNotFoundError:
        version = "of this work tree"
    click.echo(f"openchoreo {version}")
    ctx.exit()


class _Lazy(click.Group):
    """Imports the module of a command only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = _ALIASES.get(cmd_name, cmd_name)
        if name not in _COMMANDS:
            return None
        with uncollected():
            module = importlib.import_module(f"openchoreo.cli.{_MODULES.get(name, name)}")
        command: click.Command = module.command
        if _COMPLETING:
            from openchoreo.cli.completing import attach  # noqa: PLC0415 - only for shells

            attach(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if _ALIASES.get(name, name) not in _COMMANDS and name[:1] != "-":
            near = difflib.get_close_matches(name, _COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names alone: click would import each of them for its help."""
        if incomplete[:1] == "-":
            return click.Command.shell_complete(self, ctx, incomplete)
        return [
            CompletionItem(name, help=said)
            for name, said in _COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """OpenChoreo's deployment model as a Pulumi program: what Pulumi does not show."""
