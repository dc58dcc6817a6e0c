"""`make up`, `preview`, `destroy`, `pulumi` and `env`: Pulumi with the right surroundings.

Adds what a person would set by hand: the engine and the virtual environment on PATH, and a
backend where there is neither a login nor PULUMI_BACKEND_URL. Everything else is plain Pulumi.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools import engine, virtualenv
from tools.console import ROOT, GiveUp, main, say

STATE = ".pulumi-state"
# Otherwise Pulumi writes a file of attributes beside each state, and not atomically: a run that
# is killed at that moment leaves a ledger that nobody can read.
WITHOUT_SIDECARS = "?metadata=skip"
# In the committed stack files: it belongs to the empty passphrase and encrypts nothing.
DEMO_SALT = "v1:VXLSlzyi2Gg=:v1:urXRl6ee9X8lp2pU:8eP8jy77mGTa91SMXtM4PYxaq6OvLQ=="

FIRST = "development"  # what make takes where no STACK is given
FOLLOWING = {FIRST: "staging", "staging": "production"}  # the example's pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    url: str
    why: str
    chosen: bool = False  # by us, because nobody else did

    def __str__(self) -> str:
        return f"{self.url} ({self.why})"


def backend(environment: Mapping[str, str], root: Path = ROOT) -> Backend:
    """Where the ledger is, in the order in which Pulumi looks; else inside the work tree."""
    if url := environment.get("PULUMI_BACKEND_URL"):
        return Backend(url=url, why="PULUMI_BACKEND_URL")
    if url := named_in_project(root / "Pulumi.yaml"):
        return Backend(url=url, why="Pulumi.yaml")
    if url := login(environment):
        return Backend(url=url, why="your login")
    if environment.get("PULUMI_ACCESS_TOKEN"):
        return Backend(url="https://api.pulumi.com", why="PULUMI_ACCESS_TOKEN")
    return Backend(
        url=(root / STATE).as_uri() + WITHOUT_SIDECARS,
        why="in this work tree, where nobody else sees it: no login and no PULUMI_BACKEND_URL",
        chosen=True,
    )


def named_in_project(project: Path) -> str:
    """`backend:` of Pulumi.yaml, which has the address on the next line."""
    lines = project.read_text("utf-8").splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("backend:"):
            return following.strip().removeprefix("url:").strip() or line
    return ""


def login(environment: Mapping[str, str]) -> str:
    home = environment.get("PULUMI_HOME") or Path(environment.get("HOME", "~"), ".pulumi")
    folder = environment.get("PULUMI_CREDENTIALS_PATH") or home
    try:
        text = Path(folder, "credentials.json").expanduser().read_text("utf-8")
        return json.loads(text).get("current") or ""
    except (OSError, ValueError, AttributeError):
        return ""


def additions(
    environment: Mapping[str, str], chosen: engine.Engine, store: Backend, root: Path = ROOT
) -> dict[str, str]:
    """Variables to add to a shell's own, but for PATH."""
    added: dict[str, str] = {}
    if chosen.built:
        # Nothing can be downloaded there; without these every command would wait for a refusal.
        added["PULUMI_SKIP_UPDATE_CHECK"] = "true"
        added["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        added["PULUMI_DISABLE_REGISTRY_RESOLVE"] = "true"
    if store.chosen:
        added["PULUMI_BACKEND_URL"] = store.url
    own = environment.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}
    if not own and has_demo_salt(root):
        added["PULUMI_CONFIG_PASSPHRASE"] = ""
    return added


def has_demo_salt(root: Path) -> bool:
    return any(DEMO_SALT in file.read_text("utf-8") for file in root.glob("Pulumi.*.yaml"))


class Surroundings:
    """An engine, a backend and the environment to run programs in."""

    def __init__(self) -> None:
        virtualenv.ensure()
        self.engine = engine.ensure()
        self.backend = backend(os.environ)
        if self.backend.chosen:
            (ROOT / STATE).mkdir(exist_ok=True)
        self.added = additions(os.environ, self.engine, self.backend)
        self.first = [str(self.engine.directory), str(virtualenv.VENV / "bin")]

    def call(self, *command: str) -> int:
        return self._run(command).returncode

    def has(self, stack: str) -> bool:
        listed = self._run(["pulumi", "stack", "ls", "--json"], stdout=subprocess.PIPE)
        if listed.returncode != 0:
            raise GiveUp(f"the stacks in {self.backend} could not be listed (see above)")
        return any(each["name"].rpartition("/")[2] == stack for each in json.loads(listed.stdout))

    @property
    def at_hand(self) -> bool:
        """Whether plain `pulumi` in the caller's shell is the same engine and the same ledger."""
        theirs = shutil.which("pulumi")
        same = all(os.environ.get(name) == value for name, value in self.added.items())
        return same and theirs is not None and Path(theirs).parent == self.engine.directory

    def exports(self) -> str:
        """Lines for a shell to `eval`."""
        path = os.pathsep.join(shlex.quote(each) for each in self.first)
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self.added.items()]
        return "\n".join([f'export PATH={path}:"$PATH"', *lines])

    def _run(
        self, command: Sequence[str], stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([*self.first, os.environ.get("PATH", "")])
        environment = os.environ | self.added | {"PATH": path}
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=False, stdout=stdout, text=True
        )


def up(stack: str, more: Sequence[str]) -> int:
    """Deploy, say where the ledger is, what runs, and what to type next."""
    here = ready(stack)
    # The program runs once instead of twice; `make preview` shows what would happen.
    update = [
        "up",
        "--yes",
        "--skip-preview",
        "--continue-on-error",
        "--suppress-outputs",
        "--stack",
        stack,
    ]
    code = here.call("pulumi", *update, *more)
    say(f"The ledger of {stack} is in {here.backend}.")
    if code == 0:
        code = here.call("python", "-m", "openchoreo", "status")
        say("\n".join(["Next:", *next_commands(stack, at_hand=here.at_hand)]))
    return code


def next_commands(stack: str, *, at_hand: bool) -> list[str]:
    """Commands that work in the caller's shell as it is."""
    named = "" if stack == FIRST else f" STACK={stack}"
    commands = [(f"make preview{named}", "what a change of definitions would do")]
    if stack in FOLLOWING:
        what = "what could run there, and how to promote it"
        commands.append((f"make up STACK={FOLLOWING[stack]}", what))
    if not at_hand:
        commands.append(('eval "$(make -s env)"', "this Pulumi and this ledger for your own shell"))
    width = max(len(command) for command, _ in commands)
    return [f"  {command:{width}}  # {what}" for command, what in commands]


def preview(stack: str, more: Sequence[str]) -> int:
    return ready(stack).call("pulumi", "preview", "--diff", "--stack", stack, *more)


def destroy(stack: str, more: Sequence[str]) -> int:
    """Asks before it does, unless told otherwise with --yes; the ledger is exported first."""
    here = Surroundings()
    if not here.has(stack):
        say(f"There is no stack {stack} in {here.backend}.")
        return 0
    export = ["ledger", "export", "--stack", stack, "--output", backup_folder(datetime.now(UTC))]
    if here.call("python", "-m", "openchoreo", *export) != 0:
        raise GiveUp(f"the ledger of {stack} could not be exported (see above); nothing was done")
    return here.call("pulumi", "destroy", "--stack", stack, *more)


def backup_folder(now: datetime) -> str:
    """A new one each time, so that no ledger takes the place of another one."""
    return f"ledgers/destroyed/{now:%Y-%m-%dT%H-%M-%SZ}"


def ready(stack: str) -> Surroundings:
    here = Surroundings()
    say(f"{engine.describe(here.engine)}; the ledger is in {here.backend}")
    if not here.has(stack) and here.call("pulumi", "stack", "init", "--no-select", stack) != 0:
        raise GiveUp(f"the stack {stack} could not be created in {here.backend} (see above)")
    return here


def environment() -> int:
    here = Surroundings()
    print(here.exports())
    say(f"# {engine.describe(here.engine)}; the ledger is in {here.backend}")
    return 0


STACK_COMMANDS = {"up": up, "preview": preview, "destroy": destroy}


def command() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tools.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in STACK_COMMANDS:
        each = commands.add_parser(name)
        each.add_argument("stack")
        each.add_argument("arguments", nargs=argparse.REMAINDER)
    plain = commands.add_parser("run", help="any command, pulumi for one")
    plain.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.add_parser("env", help="lines for a shell to eval")
    given = parser.parse_args()
    if given.command == "env":
        return environment()
    if given.command == "run":
        return Surroundings().call(*given.arguments)
    return STACK_COMMANDS[given.command](given.stack, given.arguments)


if __name__ == "__main__":
    main(command)
