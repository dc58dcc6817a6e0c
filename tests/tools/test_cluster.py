import base64
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import cluster, cluster_build, control_plane, kube_api
from tools.console import ROOT, GiveUp
from tools.control_plane import ControlPlane, PortTakenError
from tools.gomodules import cache

GO = """#!/bin/sh
if [ "$1" = env ]; then echo go1.26.0; exit 0; fi
echo "$PWD $@" >> {folder}/calls
if [ "$1" = mod ]; then {download}; exit; fi
for argument; do
  if [ "$previous" = -o ]; then target=$argument; fi
  previous=$argument
done
echo "a binary" > "$target"
"""


@pytest.fixture
def go(monkeypatch, tmp_path):
    """Puts a `go` on PATH that builds, and downloads as told; its calls are in the file `calls`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def install(download="exit 1"):
        (folder / "go").write_text(GO.format(folder=folder, download=download), "utf-8")
        (folder / "go").chmod(0o755)
        return folder / "calls"

    return install


class TestBuilding:
    def test_the_binary_is_built_once_with_the_version_of_kubernetes(self, go):
        calls = go()
        binary = cluster_build.ensure()
        assert binary.is_relative_to(cache() / "cluster")
        assert binary.read_text("utf-8") == "a binary\n"
        assert cluster_build.ensure() == binary
        [call] = calls.read_text("utf-8").splitlines()
        assert call.startswith(f"{ROOT}/tools/cluster build -v -trimpath -buildvcs=false ")
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
            assert f"-X {package}.gitVersion=v1.36.3 " in call
            assert f"-X {package}.gitMajor=1 -X {package}.gitMinor=36 " in call
        assert call.endswith(f"/{binary.name} .")

    def test_another_main_is_another_binary(self, go, monkeypatch, tmp_path):
        go()
        first = cluster_build.ensure()
        module = tmp_path / "module"
        module.mkdir()
        for name in ("go.mod", "go.sum", "main.go"):
            text = (cluster_build.MODULE / name).read_text("utf-8")
            (module / name).write_text(text, "utf-8")
        monkeypatch.setattr(cluster_build, "MODULE", module)
        assert cluster_build.ensure() == first
        (module / "main.go").write_text("package main\n", "utf-8")
        assert cluster_build.ensure() != first

    def test_definitions_are_kept_without_what_is_no_manifest(self, go, tmp_path):
        for folder in cluster_build.DEFINITIONS.values():
            place = tmp_path / "module" / folder
            place.mkdir(parents=True)
            for name in (f"{folder.replace('/', '_')}.yaml", "kustomization.yaml", "README.md"):
                (place / name).write_text(name, "utf-8")
                (place / name).chmod(0o444)
        calls = go(f"""echo '{{"Dir": "{tmp_path}/module"}}'""")
        kept = cluster_build.definitions()
        assert sorted(path.name for path in kept.iterdir()) == [
            "config_crd_standard.yaml",
            "config_crds_bases.yaml",
        ]
        assert cluster_build.definitions() == kept
        assert calls.read_text("utf-8").splitlines() == [
            f"{ROOT}/tools/cluster/crds mod download -json {name}"
            for name in cluster_build.DEFINITIONS
        ]

    def test_a_download_that_fails_is_told_in_one_sentence(self, go):
        go("echo refused >&2; exit 1")
        with pytest.raises(GiveUp) as failure:
            cluster_build.definitions()
        assert str(failure.value) == (
            "downloading the Go module sigs.k8s.io/gateway-api failed (refused)"
        )
        assert list((cache() / "crds").iterdir()) == []

    def test_all_of_kubernetes_is_of_one_release(self):
        text = (cluster_build.MODULE / "go.mod").read_text("utf-8")
        replaced = set(re.findall(r"=> k8s\.io/\S+ v0\.(\S+)", text))
        assert replaced == {cluster_build.pinned("k8s.io/kubernetes").removeprefix("v1.")}

    def test_a_module_that_is_not_pinned_is_named(self):
        with pytest.raises(GiveUp) as failure:
            cluster_build.pinned("example.com/none")
        assert str(failure.value) == f"{ROOT}/tools/cluster/go.mod pins no example.com/none"


@pytest.fixture
def plane(tmp_path):
    return ControlPlane(
        binary=tmp_path / "binary", folder=tmp_path / "plane", etcd=1001, etcd_peer=1002, api=1003
    )


class TestControlPlane:
    def test_every_part_listens_on_this_machine_only(self, plane):
        commands = [plane.store, plane.api_server, *plane.followers]
        assert {command[0] for command in commands} == {
            "etcd",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kwok",
        }
        for command in commands:
            listens = [
                each for each in command if re.match(r"--(bind-address|listen|secure-port)", each)
            ]
            assert listens or command[0] == "kwok", command[0]
            for each in listens:
                assert "127.0.0.1" in each or each in {"--secure-port=0", "--secure-port=1003"}

    def test_every_part_can_be_told_by_its_folder(self, plane):
        for command in [plane.store, plane.api_server, *plane.followers]:
            assert f"{plane.folder}/" in " ".join(command)

    def test_free_ports_differ(self):
        assert len(set(control_plane.free_ports(5))) == 5

    def test_a_part_that_ends_at_once_is_told_with_the_end_of_its_log(self, tmp_path):
        binary = tmp_path / "binary"
        binary.write_text("#!/bin/sh\nfor i in 1 2 3 4 5 6; do echo line $i; done; exit 1\n")
        binary.chmod(0o755)
        folder = tmp_path / "plane"
        with pytest.raises(GiveUp) as failure:
            control_plane.start(binary, folder)
        told = str(failure.value)
        name = told.partition(" ")[0]
        assert name in {"etcd", "kube-apiserver"}
        log = folder / "logs" / f"{name}.log"
        lines = "\n  line 2\n  line 3\n  line 4\n  line 5\n  line 6"
        assert told == f"{name} has ended at once (log in {log}):{lines}"

    def test_a_port_that_was_taken_meanwhile_is_tried_with_others(self, tmp_path):
        binary = tmp_path / "binary"
        binary.write_text(
            f"#!/bin/sh\necho x >> {tmp_path}/$1\necho listen: address already in use\nexit 1\n"
        )
        binary.chmod(0o755)
        with pytest.raises(PortTakenError):
            control_plane.start(binary, tmp_path / "plane")
        assert (tmp_path / "etcd").read_text("utf-8") == "x\n" * control_plane.ATTEMPTS

    def test_where_nothing_runs_there_is_nothing_to_stop(self, tmp_path, capsys):
        assert cluster.stop(tmp_path / "none") == 0
        assert capsys.readouterr().err == "There was none\n"

    def test_what_was_started_is_stopped_and_removed(self, plane, capsys):
        with started(plane) as process:
            assert control_plane.running(plane.folder) == [process.pid]
            assert cluster.stop(plane.folder) == 0
            assert process.wait(60) == -9
        assert capsys.readouterr().err == "Stopped\n"
        assert not plane.folder.exists()

    def test_a_part_that_has_no_command_line_yet_is_looked_at_again(self, tmp_path, monkeypatch):
        process = tmp_path / "1"
        process.mkdir()
        (process / "cmdline").write_text("", "utf-8")
        (process / "stat").write_text("1 (a) b) S 0", "utf-8")
        monkeypatch.setattr(
            control_plane.time, "sleep", lambda _: (process / "cmdline").write_text("etcd", "utf-8")
        )
        assert list(itertools.islice(control_plane.looks(process), 2)) == ["", "etcd"]

    def test_a_part_that_has_ended_is_looked_at_once(self, tmp_path):
        process = tmp_path / "1"
        process.mkdir()
        (process / "cmdline").write_text("", "utf-8")
        (process / "stat").write_text("1 (a) b) Z 0", "utf-8")
        assert list(control_plane.looks(process)) == [""]

    def test_a_number_that_now_belongs_to_another_program_is_left_alone(self, plane):
        plane.folder.mkdir()
        stranger = subprocess.Popen(["sleep", "600"])
        try:
            (plane.folder / "pids").write_text(f"etcd {stranger.pid}\n", "utf-8")
            assert control_plane.running(plane.folder) == []
            control_plane.stop(plane.folder)
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_a_pipe_that_nobody_holds_keeps_nobody_waiting(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with control_plane.reading(tmp_path / "pipe") as pipe:
            assert pipe.read() == b""


class started:  # noqa: N801 - reads as a verb
    """A process that names the folder in its command line, as a part does."""

    def __init__(self, plane):
        plane.folder.mkdir()
        code = "import time; time.sleep(600)"
        self.process = subprocess.Popen([sys.executable, "-c", code, f"{plane.folder}/etcd"])
        (plane.folder / "pids").write_text(f"etcd {self.process.pid}\n", "utf-8")

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def kubeconfig(cluster_=None, user=None):
    return {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [
            {"name": "c", "cluster": {"server": "https://127.0.0.1:1", **(cluster_ or {})}}
        ],
        "users": [{"name": "u", "user": user or {}}],
    }


class TestConnecting:
    def test_our_own_kubeconfig_names_its_server_and_token(self, plane):
        config = json.loads(plane.kubeconfig("secret"))
        plane.folder.joinpath("pki").mkdir(parents=True)
        with pytest.raises(OSError, match="No such file"):  # the certificate comes with the server
            kube_api.connect(config)
        config["clusters"][0]["cluster"].pop("certificate-authority")
        api = kube_api.connect(config)
        assert api.server == "https://127.0.0.1:1003"
        assert api._headers == {"Authorization": "Bearer secret"}

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            pytest.param({"current-context": "other"}, "'context other'", id="context"),
            pytest.param({"users": []}, "'user u'", id="user"),
            pytest.param({"clusters": []}, "'cluster c'", id="cluster"),
            pytest.param({"clusters": [{"name": "c", "cluster": {}}]}, "'server'", id="server"),
        ],
    )
    def test_what_a_kubeconfig_lacks_is_named(self, change, told):
        with pytest.raises(GiveUp) as failure:
            kube_api.connect(kubeconfig() | change)
        assert str(failure.value) == f"the kubeconfig has no {told}"

    def test_a_login_with_a_program_is_refused(self):
        with pytest.raises(GiveUp) as failure:
            kube_api.connect(kubeconfig(user={"exec": {"command": "login"}}))
        assert str(failure.value) == (
            "the kubeconfig's user logs in with a program: use a token or a certificate"
        )

    def test_what_a_kubeconfig_holds_itself_is_a_file_only_meanwhile(self):
        data = base64.b64encode(b"text").decode()
        with kube_api.ExitStack() as files:
            path = kube_api.as_file(files, {"client-key-data": data}, "client-key")
            assert Path(path).read_bytes() == b"text"
            assert Path(path).stat().st_mode & 0o777 == 0o600
        assert not Path(path).exists()
        assert kube_api.as_file(files, {"client-key": "/there"}, "client-key") == "/there"
        assert kube_api.as_file(files, {}, "client-key") is None


class TestDefinitions:
    KUBECTL = """#!/bin/sh
echo "$@" >> {folder}/calls
if [ "$2" = apply ]; then {apply}; exit; fi
{get}
"""

    @pytest.fixture
    def kubectl(self, tmp_path):
        def install(apply="true", get="true"):
            path = tmp_path / "kubectl"
            path.write_text(self.KUBECTL.format(folder=tmp_path, apply=apply, get=get), "utf-8")
            path.chmod(0o755)
            return [str(path)]

        return install

    @staticmethod
    def listed(*established):
        return json.dumps(
            {
                "items": [
                    {
                        "metadata": {"name": f"kind-{number}"},
                        "status": {
                            # As the server has it for a moment: null, and no empty list.
                            "conditions": status and [{"type": "Established", "status": status}]
                        },
                    }
                    for number, status in enumerate(established)
                ]
            }
        )

    def test_they_are_applied_and_then_waited_for(self, kubectl, tmp_path):
        (tmp_path / "first").write_text(self.listed("True", "False"), "utf-8")
        (tmp_path / "later").write_text(self.listed("True", "True"), "utf-8")
        program = kubectl(get=f"cat {tmp_path}/first && cp {tmp_path}/later {tmp_path}/first")
        cluster.install(program, tmp_path / "config", tmp_path / "definitions")
        reach = f"--kubeconfig={tmp_path}/config"
        assert (tmp_path / "calls").read_text("utf-8").splitlines() == [
            f"{reach} apply --server-side --force-conflicts --filename={tmp_path}/definitions",
            f"{reach} get crd --output=json",
            f"{reach} get crd --output=json",
        ]

    def test_what_the_server_says_of_them_is_told(self, kubectl, tmp_path):
        program = kubectl(apply="echo no room >&2; exit 1")
        with pytest.raises(GiveUp) as failure:
            cluster.install(program, tmp_path / "config", tmp_path / "definitions")
        assert str(failure.value) == (f"`kubectl apply` of {tmp_path}/definitions failed: no room")

    def test_what_is_never_established_is_named(self, kubectl, tmp_path, monkeypatch):
        monkeypatch.setattr(control_plane, "PATIENCE", 0)
        program = kubectl(get=f"echo '{self.listed('False', 'True', None)}'")
        with pytest.raises(GiveUp) as failure:
            cluster.install(program, tmp_path / "config", tmp_path / "definitions")
        assert str(failure.value) == "these kinds are not established: kind-0, kind-2"

    def test_a_kubectl_that_had_to_end_is_no_success(self, kubectl, tmp_path):
        with pytest.raises(GiveUp) as failure:
            cluster.install(kubectl(), tmp_path / "config", tmp_path / "definitions")
        assert str(failure.value) == "nobody wants the cluster any more"


def test_the_command_line_says_what_is_there():
    shown = subprocess.run(
        [sys.executable, "-m", "tools.cluster", "restart"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert shown.returncode == 2
    assert "invalid choice: 'restart' (choose from " in shown.stderr


def test_how_to_use_it_is_said_in_words_for_a_shell(tmp_path):
    text = cluster.usage(tmp_path / "binary", tmp_path)
    shown = subprocess.run(
        ["/bin/sh", "-c", f'{text.rpartition(chr(10))[0]}\necho "$KUBECONFIG"; alias kubectl'],
        capture_output=True,
        check=True,
        text=True,
    )
    assert shown.stdout == (f"{tmp_path}/kubeconfig\nkubectl='{tmp_path}/binary kubectl'\n")
