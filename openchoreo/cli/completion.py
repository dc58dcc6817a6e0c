"""openchoreo completion: the script that has a shell complete commands and names."""

from __future__ import annotations

import click

from openchoreo.cli.shells import SHELLS, script

EXAMPLES = """\b
Examples:
  eval "$(openchoreo completion bash)"      in ~/.bashrc; bash 4.4 or newer
  eval "$(openchoreo completion zsh)"       in ~/.zshrc, after compinit
  openchoreo completion fish > ~/.config/fish/completions/openchoreo.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script that has a shell complete `openchoreo`: commands, options and names.

    Names of components, environments and stacks are those of the definitions and stack files of
    the directory. Changes nothing.
    """
    click.echo(script(shell))
