"""The process that the engine starts, through its launcher and over a real connection."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from openchoreo.provider import launcher
from openchoreo.provider.server import start
from openchoreo.provider.servicer import FilesProvider
from openchoreo.provider.structs import write_struct

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / launcher.FOLDER / launcher.NAMES[0]


@contextmanager
def running(program: Path, command: list[str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"VIRTUAL_ENV", "PYTHONPATH", "PULUMI_RUNTIME_VIRTUALENV"}
    }
    with subprocess.Popen(
        command, cwd=program, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def connected(port: int) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def create(stub, name="x", kind="ConfigMap"):
    manifest = write_struct({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}})
    return stub.Create(provider_pb2.CreateRequest(urn=f"urn::{name}", properties=manifest))


def configure(stub, directory="out"):
    arguments = write_struct({"directory": directory})
    return stub.Configure(provider_pb2.ConfigureRequest(args=arguments))


def refusal(call, *arguments):
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments)
    return caught.value.code(), caught.value.details()


def test_from_launcher_to_file(tmp_path):
    """A relative directory counts from where the engine started it: the program's directory."""
    with running(tmp_path, [str(LAUNCHER), "127.0.0.1:1"]) as (process, port):
        with connected(port) as stub:
            assert configure(stub).acceptSecrets
            assert create(stub).id == "_cluster/configmap_x.yaml"
        assert (tmp_path / "out/_cluster/configmap_x.yaml").is_file()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_when_told_to(tmp_path, sent):
    with running(tmp_path, [str(LAUNCHER)]) as (process, _):
        before = time.monotonic()
        process.send_signal(sent)
        assert process.wait(20) == 0
        assert time.monotonic() - before < 8  # the engine waits ten


def test_it_ends_when_the_engine_was_killed(tmp_path):
    """The shell stands for the engine; the provider is the grandchild of this test."""
    engine = f"'{LAUNCHER}' & echo pid $!; wait"
    with subprocess.Popen(
        ["/bin/sh", "-c", engine], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdout is not None
        lines = sorted(shell.stdout.readline() for _ in ("its pid", "its port"))
        shell.kill()
    provider = int(lines[1].removeprefix("pid "))
    deadline = time.monotonic() + 20
    while is_running(provider) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(provider)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # ended just now, or a system without /proc
        return not Path("/proc/self").exists()
    return state != "Z"  # ended, but nobody has asked how


def test_the_stubs_come_without_the_sdk(tmp_path):
    script = textwrap.dedent(
        """
        import sys
        from openchoreo.provider import light
        light.skip_the_sdk()
        import openchoreo.provider.server
        print("pulumi.output" in sys.modules, "pulumi.runtime.settings" in sys.modules)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False False\n"


class TestErrors:
    @pytest.fixture
    def stub(self, tmp_path):
        server, port = start(FilesProvider("1.0.0", tmp_path))
        with connected(port) as stub:
            yield stub
        server.stop(None).wait()

    def test_a_file_that_cannot_be_written(self, stub, tmp_path):
        configure(stub)
        file = "out/_cluster/configmap_x.yaml"
        (tmp_path / file).mkdir(parents=True)
        assert refusal(create, stub) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            f"cannot write {file}: something else than a file is in its place; remove it",
        )

    def test_a_bad_directory(self, stub, tmp_path):
        (tmp_path / "file").touch()
        assert refusal(configure, stub, "file") == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "directory file is not a directory; move it away, or set another directory",
        )

    def test_a_file_before_the_configuration(self, stub):
        assert refusal(create, stub) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "openchoreo-files was asked for a file before it was configured",
        )

    def test_functions_and_components_are_not_offered(self, stub):
        expected = (grpc.StatusCode.UNIMPLEMENTED, "openchoreo-files only manages manifests")
        assert refusal(stub.Invoke, provider_pb2.InvokeRequest()) == expected
        assert refusal(stub.Call, provider_pb2.CallRequest()) == expected
        assert refusal(stub.Construct, provider_pb2.ConstructRequest()) == expected

    def test_a_defect_says_that_it_is_one(self, stub, monkeypatch, capsys):
        def broken(*_):
            raise KeyError("oops")

        monkeypatch.setattr("openchoreo.provider.servicer.read_struct", broken)
        assert refusal(configure, stub) == (
            grpc.StatusCode.UNKNOWN,
            "a defect of openchoreo-files: KeyError('oops')",
        )
        assert "Traceback" in capsys.readouterr().err


class TestTheLauncher:
    @pytest.fixture
    def elsewhere(self, tmp_path):
        """As in a repository that has only installed the package."""
        folder = tmp_path / launcher.FOLDER
        shutil.copytree(LAUNCHER.parent, folder)
        return folder / LAUNCHER.name

    def run(self, elsewhere, tmp_path, **environment):
        return subprocess.run(
            [str(elsewhere), "127.0.0.1:1"],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def test_without_any_python_it_says_one_sentence(self, elsewhere, tmp_path):
        done = self.run(elsewhere, tmp_path, PULUMI_RUNTIME_VIRTUALENV="venv")
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr == (
            f"openchoreo-files: no Python with the openchoreo package was found in {tmp_path}/.venv,"
            " venv, the active environment or on PATH;"
            " install openchoreo into the virtualenv of Pulumi.yaml\n"
        )

    @pytest.mark.parametrize(
        ("folder", "variable"),
        [(".venv", ""), ("env", "PULUMI_RUNTIME_VIRTUALENV"), ("active", "VIRTUAL_ENV")],
    )
    def test_where_it_finds_python(self, elsewhere, tmp_path, folder, variable):
        """A stand-in that has the package and says how it was started."""
        python = tmp_path / folder / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\n[ "$2" = -c ] || echo "$@"\n')
        python.chmod(0o755)
        done = self.run(elsewhere, tmp_path, **({variable: folder} if variable else {}))
        assert done.stdout == "-P -m openchoreo.provider 127.0.0.1:1\n"

    def test_a_python_without_the_package_is_passed_over(self, elsewhere, tmp_path):
        for folder, text in ((".venv", "exit 1"), ("env", 'echo "$0"')):
            python = tmp_path / folder / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.write_text(f"#!/bin/sh\n{text}\n")
            python.chmod(0o755)
        done = self.run(elsewhere, tmp_path, PULUMI_RUNTIME_VIRTUALENV="env")
        assert done.stdout.splitlines()[-1] == "env/bin/python"

    def test_files_of_the_program_do_not_shadow_its_imports(self, tmp_path):
        (tmp_path / "yaml.py").write_text("raise SystemExit('shadowed')\n")
        (tmp_path / "grpc.py").write_text("raise SystemExit('shadowed')\n")
        with running(tmp_path, [str(LAUNCHER)]) as (_, port):
            assert port > 0
