"""Pages of docs whose commands are run and whose outputs are compared.

A block ```console holds commands, each on a line that begins with `$ ` and goes on after a
backslash, and below each what it prints. A line `...` stands for any lines. Times, ages and
digests of what a run made are compared as such and not by their values. Where a page has files to
be written, each is a block of its own language that begins with its path, `# payments/Pulumi.yaml`.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^```(console|yaml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "--- end of the output of command"

_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?"), "<time>"),
    (re.compile(r"\bfor \d+[smhd]\b"), "for <age>"),
    (re.compile(r"\b\d+[smhd] ago\b"), "<age> ago"),
    (re.compile(r"Duration: \d+\w+"), "Duration: <age>"),
    (re.compile(r"sha256:[0-9a-f]{64}"), "sha256:<digest>"),
    (re.compile(r"plans/(\w+)/[0-9a-f]{64}"), r"plans/\1/<digest>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"file://\S+"), "file://<backend>"),
)


@dataclass(frozen=True)
class Command:
    """`text` is what somebody types; `output` what the page says it prints."""

    text: str
    output: str


@dataclass(frozen=True)
class File:
    """`text` is what goes into it."""

    path: str
    text: str


def steps_of(page: Path) -> list[File | list[Command]]:
    """Files and blocks of commands, in the order of the page."""
    found: list[File | list[Command]] = []
    for language, text in _STEP.findall(page.read_text()):
        if language == "console":
            found.append(_commands_in(text))
        elif text.startswith("# ") and "/" in text.splitlines()[0]:
            found.append(File(text.splitlines()[0].removeprefix("# "), text))
    return found


def commands_of(page: Path) -> list[Command]:
    return [one for block in _BLOCK.findall(page.read_text()) for one in _commands_in(block)]


def outputs(commands: list[Command], folder: Path, environment: dict[str, str]) -> list[str]:
    """Of each command, all typed into one shell."""
    script = ["exec 2>&1"]
    for index, one in enumerate(commands):
        script += [one.text, f"echo; echo '{_END} {index}'"]
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    found: list[str] = []
    rest = done.stdout
    for index in range(len(commands)):
        output, end, rest = rest.partition(f"{_END} {index}\n")
        assert end, f"{commands[index].text} never ended:\n{output}\n{done.stderr}"
        found.append(output.strip("\n"))
    return found


def matches(said: str, printed: str) -> bool:
    """Whether a page says what was printed."""
    pattern = "\n".join(
        r"(?:.*\n)*?.*" if line.strip() == "..." else re.escape(line)
        for line in plain(said).splitlines()
    )
    return re.fullmatch(pattern, plain(printed)) is not None


def plain(text: str) -> str:
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    # A column is as wide as its widest value.
    return "\n".join(re.sub(r" {2,}", "  ", line).rstrip() for line in text.splitlines())


def updated(page: Path, printed: list[str]) -> str:
    """The page with what was printed, where it says something else."""
    text, index = page.read_text(), 0

    def block(found: re.Match[str]) -> str:
        nonlocal index
        parts: list[str] = []
        for one in _commands_in(found[1]):
            said = one.output if matches(one.output, printed[index]) else printed[index]
            parts.append(f"$ {one.text}\n{said}\n" if said else f"$ {one.text}\n")
            index += 1
        return "```console\n" + "\n".join(parts) + "```"

    return _BLOCK.sub(block, text)


def _commands_in(block: str) -> list[Command]:
    found: list[Command] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        typed = [lines.pop(0)]
        while typed[-1].endswith("\\"):
            typed.append(lines.pop(0))
        found.append(Command("\n".join(typed), "\n".join(lines).strip("\n")))
    return found
