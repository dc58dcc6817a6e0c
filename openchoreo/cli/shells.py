"""Completion in bash, zsh and fish, with as little imported as can be."""

from __future__ import annotations

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from openchoreo.cli.completing import VARIABLE, quickly

PROGRAM = "openchoreo"
SHELLS = ("bash", "fish", "zsh")


class _Quick(ShellComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        found = quickly(args, incomplete)
        return super().get_completions(args, incomplete) if found is None else found


class _Bash(_Quick, BashComplete):
    pass


class _Fish(_Quick, FishComplete):
    pass


class _Zsh(_Quick, ZshComplete):
    pass


_CLASSES: dict[str, type[ShellComplete]] = {"bash": _Bash, "fish": _Fish, "zsh": _Zsh}


def register() -> None:
    """Has click complete this way."""
    for name, found in _CLASSES.items():
        add_completion_class(found, name)


def script(shell: str) -> str:
    """What a shell has to read; the version of the shell is not looked at."""
    from openchoreo.cli import main  # noqa: PLC0415 - which imports this module

    complete = _CLASSES[shell](main, {}, PROGRAM, VARIABLE)
    return ShellComplete.source(complete)
