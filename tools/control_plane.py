"""The processes of a cluster in one folder: which there are, how they start and how they end."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from tools.console import ROOT, GiveUp
from tools.kube_api import UNREACHABLE, Api, connect

T = TypeVar("T")
STAGES = ROOT / "tools" / "cluster" / "stages.yaml"
CONTEXT = "openchoreo-test"
PATIENCE = 120.0  # seconds; a busy machine is no defect
PAUSE = 0.05
LOOKS = 20
ATTEMPTS = 3
TAKEN = "address already in use"
# What makes Deployments, Jobs and their like come and go; nothing that talks to real nodes.
CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "horizontal-pod-autoscaler-controller",
    "job-controller",
    "namespace-controller",
    "persistentvolume-binder-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
)
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "fake-0",
        "labels": {
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": "fake-0",
            "kubernetes.io/os": "linux",
        },
    },
}


class PortTakenError(GiveUp):
    """Another program was faster; other ports may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPlane:
    binary: Path
    folder: Path
    etcd: int
    etcd_peer: int
    api: int

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.api}"

    @property
    def store(self) -> list[str]:
        client, peer = f"http://127.0.0.1:{self.etcd}", f"http://127.0.0.1:{self.etcd_peer}"
        return [
            "etcd",
            "--name=only",
            f"--data-dir={self.folder}/etcd",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=only={peer}",
            "--log-level=warn",
            "--unsafe-no-fsync",  # nothing here has to survive a power cut
        ]

    @property
    def api_server(self) -> list[str]:
        # It makes this key and its certificate itself; one more key pair would prove nothing.
        key = f"{self.folder}/pki/apiserver.key"
        return [
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self.etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self.api}",
            "--endpoint-reconciler-type=none",
            f"--cert-dir={self.folder}/pki",
            f"--token-auth-file={self.folder}/pki/tokens.csv",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            # Nobody would take the taint off again: there is no node lifecycle controller.
            "--disable-admission-plugins=TaintNodesByCondition",
            "--allow-privileged=true",
            "--profiling=false",
            "--shutdown-delay-duration=0s",
        ]

    @property
    def followers(self) -> list[list[str]]:
        kubeconfig = f"--kubeconfig={self.folder}/kubeconfig"
        quiet = [kubeconfig, "--leader-elect=false", "--secure-port=0", "--profiling=false"]
        return [
            [
                "kube-controller-manager",
                *quiet,
                f"--controllers={','.join(CONTROLLERS)}",
                f"--root-ca-file={self.folder}/pki/apiserver.crt",
            ],
            ["kube-scheduler", *quiet],
            [
                "kwok",
                kubeconfig,
                f"--config={STAGES}",
                "--manage-all-nodes=true",
                "--node-ip=127.0.0.1",
                "--cidr=10.244.0.1/16",
                "--node-lease-duration-seconds=0",
            ],
        ]

    def kubeconfig(self, token: str) -> str:
        cluster = {
            "server": self.server,
            "certificate-authority": f"{self.folder}/pki/apiserver.crt",
        }
        whole = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": CONTEXT, "user": {"token": token}}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        }
        return json.dumps(whole, indent=2) + "\n"


def start(binary: Path, folder: Path, pipe: Path | None = None) -> str:
    """Its server, once pods can be made. With a pipe, it ends when nobody writes there any more."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return start_once(binary, folder, pipe)
        except PortTakenError:
            stop(folder)
            if attempt == ATTEMPTS:
                raise
        except BaseException:
            end(folder)  # its logs stay
            raise
    raise AssertionError


def start_once(binary: Path, folder: Path, pipe: Path | None) -> str:
    stop(folder)
    for name in ("logs", "pki", "etcd"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o700)
    etcd, peer, api = free_ports(3)
    plane = ControlPlane(binary=binary, folder=folder, etcd=etcd, etcd_peer=peer, api=api)
    token = secrets.token_hex(24)
    (folder / "pki" / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n', "utf-8")
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(plane.kubeconfig(token), "utf-8")
    with reading(pipe) as stdin:
        spawn(plane, plane.store, stdin, held=pipe is not None)
        spawn(plane, plane.api_server, stdin, held=pipe is not None)
        server = until(folder, lambda: answering(kubeconfig), "the API server does not answer")
        for command in plane.followers:
            spawn(plane, command, stdin, held=pipe is not None)
    try:
        server.create("/api/v1/nodes", NODE)
        until(folder, lambda: pods_can_be_made(server), "its node does not become ready")
    finally:
        server.close()
    return plane.server


def reading(pipe: Path | None) -> IO[bytes]:
    """Never waits: where whoever held the pipe is gone already, a part finds that at once."""
    opened = os.open(pipe or os.devnull, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(opened, True)
    return os.fdopen(opened, "rb")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def spawn(plane: ControlPlane, command: list[str], stdin: IO[bytes], *, held: bool) -> None:
    name = command[0]
    options = ["--held"] if held else []
    with (plane.folder / "logs" / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [plane.binary, *options, *command],
            stdin=stdin,
            stdout=log,
            stderr=log,
            cwd=plane.folder,
            start_new_session=True,  # an interrupt of the terminal is not for these
        )
    with (plane.folder / "pids").open("a", encoding="utf-8") as pids:
        pids.write(f"{name} {process.pid}\n")
    process.returncode = 0  # it outlives this program, which is not to warn of it


def answering(kubeconfig: Path) -> Api | None:
    server = None
    try:
        server = connect(json.loads(kubeconfig.read_text("utf-8")))
        if server.get("/readyz").good:
            return server
    except UNREACHABLE:  # no certificate yet, half of it, or nobody there
        pass
    if server is not None:
        server.close()
    return None


def pods_can_be_made(server: Api) -> bool:
    node = server.get("/api/v1/nodes/fake-0").body
    conditions = node.get("status", {}).get("conditions", [])
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return ready and server.get("/api/v1/namespaces/default/serviceaccounts/default").good


def until(folder: Path, ask: Callable[[], T | None], otherwise: str) -> T:
    """What `ask` gives at last; ends early where a part has ended."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if given := ask():
            return given
        for name, pid in recorded(folder):
            if not is_part(pid, folder):
                raise failure(folder, name)
        time.sleep(PAUSE)
    raise GiveUp(f"{otherwise} after {PATIENCE:.0f} s: its logs are in {folder}/logs")


def failure(folder: Path, name: str) -> GiveUp:
    log = folder / "logs" / f"{name}.log"
    text = log.read_text("utf-8", errors="replace")
    last = "".join(f"\n  {line}" for line in text.splitlines()[-5:])
    kind = PortTakenError if TAKEN in text else GiveUp
    return kind(f"{name} has ended at once (log in {log}):{last}")


def recorded(folder: Path) -> list[tuple[str, int]]:
    try:
        lines = (folder / "pids").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [(name, int(pid)) for name, _, pid in (line.partition(" ") for line in lines)]


def running(folder: Path) -> list[int]:
    return [pid for _, pid in recorded(folder) if is_part(pid, folder)]


def is_part(pid: int, folder: Path) -> bool:
    """Whether the process lives and is still the one of this folder; numbers are used again."""
    return f"{folder}/" in command_line(pid)


def command_line(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        return next((line for line in looks(Path(f"/proc/{pid}")) if line), "")
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False, text=True
    )
    return shown.stdout


def looks(process: Path) -> Iterator[str]:
    """Its command line, again while it has none: for a moment after its start it is not there."""
    for _ in range(LOOKS):
        try:
            yield (process / "cmdline").read_text("utf-8", errors="replace")
            state = (process / "stat").read_text("utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            return
        if state.split()[0] in "XZ":  # it has ended, and never will have one
            return
        time.sleep(PAUSE)


def end(folder: Path) -> None:
    """At once: there is nothing that they would have to save."""
    for pid in reversed(running(folder)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    while running(folder):
        time.sleep(PAUSE)


def stop(folder: Path) -> None:
    end(folder)
    shutil.rmtree(folder, ignore_errors=True)
