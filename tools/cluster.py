"""`make cluster`: a Kubernetes API server on this machine, with nodes that only pretend.

For tests and demos. Nothing runs in its pods; what that leaves out is in docs/cluster.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from pathlib import Path
from typing import IO

from tools import cluster_build, control_plane
from tools.console import GiveUp, duration, main, say
from tools.gomodules import cache
from tools.kube_api import Json


def demo() -> Path:
    return cache() / "clusters" / "demo"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.cluster", description=__doc__)
    parser.add_argument("command", choices=["build", "start", "stop"])
    parser.add_argument(
        "--directory", type=Path, help=f"where it keeps everything  [default: {demo()}]"
    )
    parser.add_argument(
        "--while", dest="pipe", type=Path, help="a FIFO: ends when nobody has it open for writing"
    )
    return parser.parse_args(given)


def build() -> int:
    binary = cluster_build.ensure()
    cluster_build.definitions()
    say(f"Kubernetes {cluster_build.program().version} (built from Go modules)")
    print(binary)
    return 0


def start(folder: Path, pipe: Path | None) -> int:
    binary, definitions = cluster_build.ensure(), cluster_build.definitions()
    if control_plane.running(folder):
        say("It runs already")
    else:
        started = time.monotonic()
        server = control_plane.start(binary, folder, pipe)
        kubectl = [str(binary), *(["--held"] if pipe else []), "kubectl"]
        with control_plane.reading(pipe) as stdin:
            install(kubectl, folder / "kubeconfig", definitions, stdin)
        version = cluster_build.program().version
        took = duration(time.monotonic() - started)
        say(f"Kubernetes {version} with one fake node is at {server} (started in {took})")
    print(usage(binary, folder))
    return 0


def install(
    kubectl: list[str], kubeconfig: Path, definitions: Path, stdin: IO[bytes] | None = None
) -> None:
    """The kinds of Gateway API and External Secrets, and the checks that come with them."""

    def ask(*command: str) -> str:
        whole = [*kubectl, f"--kubeconfig={kubeconfig}", *command]
        done = subprocess.run(whole, stdin=stdin, capture_output=True, check=False, text=True)
        if done.returncode:
            raise GiveUp(f"`kubectl {command[0]}` of {definitions} failed: {done.stderr.strip()}")
        return done.stdout

    ask("apply", "--server-side", "--force-conflicts", f"--filename={definitions}")
    # `kubectl wait` asks for one after the other, and slowly.
    limit = time.monotonic() + control_plane.PATIENCE
    while missing := unestablished(ask("get", "crd", "--output=json")):
        if time.monotonic() > limit:
            raise GiveUp(f"these kinds are not established: {', '.join(missing)}")
        time.sleep(control_plane.PAUSE)


def unestablished(listed: str) -> list[str]:
    if not listed:  # whoever held us is gone, and kubectl with them
        raise GiveUp("nobody wants the cluster any more")
    found: list[Json] = json.loads(listed)["items"]
    return [each["metadata"]["name"] for each in found if not is_established(each)]


def is_established(definition: Json) -> bool:
    conditions: list[Json] = definition.get("status", {}).get("conditions") or []  # null at first
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def usage(binary: Path, folder: Path) -> str:
    return "\n".join(
        [
            f"export KUBECONFIG={folder}/kubeconfig  # context {control_plane.CONTEXT}",
            f"alias kubectl='{binary} kubectl'       # where you have none of your own",
            "python -m tools.cluster stop           # ends it and removes all it holds",
        ]
    )


def stop(folder: Path) -> int:
    found = control_plane.running(folder)
    control_plane.stop(folder)
    say("Stopped" if found else "There was none")
    return 0


def command() -> int:
    given = arguments()
    folder = (given.directory or demo()).absolute()
    if given.command == "build":
        return build()
    return start(folder, given.pipe) if given.command == "start" else stop(folder)


if __name__ == "__main__":
    main(command)
