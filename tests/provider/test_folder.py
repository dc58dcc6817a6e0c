"""Nothing outside the target directory is ever read, written or removed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from openchoreo.provider import folder as folder_module
from openchoreo.provider.folder import FileError, ManifestFolder

FILE = "shop/service_x.yaml"
LINK = "it is a link, and links are never followed; remove it"
FOLDER_LINK = "its folder is a link, and links are never followed; remove it"


@pytest.fixture(params=[True, False], ids=["anchored", "by path, as on Windows"])
def files(request, tmp_path):
    return ManifestFolder(tmp_path / "out", "out", anchored=request.param)


def attempt(files, action):
    match action:
        case "read":
            files.read(FILE)
        case "write":
            files.write(FILE, b"new\n")
        case "check":
            files.check(FILE)
        case "remove":
            files.remove(FILE)


def everything(root: Path):
    return {
        path.relative_to(root).as_posix(): str(path.readlink())
        if path.is_symlink()
        else path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_write_read_remove(files, tmp_path):
    assert files.read(FILE) is None
    files.write(FILE, b"one\n")
    files.write(FILE, b"two\n")
    assert files.read(FILE) == b"two\n"
    assert everything(tmp_path) == {f"out/{FILE}": "two\n"}
    files.remove(FILE)
    files.remove(FILE)
    assert files.read(FILE) is None
    assert list((tmp_path / "out").iterdir()) == []


def test_looking_creates_nothing(files, tmp_path):
    assert files.read(FILE) is None
    files.check(FILE)
    files.remove(FILE)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_has_ordinary_permissions(files, tmp_path):
    mask = os.umask(0o022)
    try:
        files.write(FILE, b"x\n")
    finally:
        os.umask(mask)
    assert (tmp_path / "out" / FILE).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("action", ["read", "write", "check", "remove"])
@pytest.mark.parametrize(
    ("link", "reason"),
    [("out", FOLDER_LINK), ("out/shop", FOLDER_LINK), (f"out/{FILE}", LINK)],
    ids=["the directory", "a folder", "a file"],
)
def test_links_are_refused(files, tmp_path, action, link, reason):
    outside = tmp_path / "outside"
    (outside / "shop").mkdir(parents=True)
    for file in (FILE, "service_x.yaml"):
        (outside / file).write_text("theirs\n")
    path = tmp_path / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(outside / "service_x.yaml" if link.endswith("yaml") else outside)
    before = everything(tmp_path)
    verb = "write" if action == "check" else action
    with pytest.raises(FileError) as caught:
        attempt(files, action)
    assert str(caught.value) == f"cannot {verb} out/{FILE}: {reason}"
    assert everything(tmp_path) == before


@pytest.mark.parametrize("action", ["write", "check", "remove"])
def test_links_that_lead_nowhere_are_refused_too(files, tmp_path, action):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "shop").symlink_to(tmp_path / "later")
    with pytest.raises(FileError, match="its folder is a link"):
        attempt(files, action)
    assert not (tmp_path / "later").exists()


@pytest.mark.parametrize("action", ["read", "write", "check", "remove"])
def test_what_is_no_file_is_left_alone(files, tmp_path, action):
    special = tmp_path / "out" / FILE
    special.parent.mkdir(parents=True)
    os.mkfifo(special)
    with pytest.raises(FileError, match="something else than a file is in its place; remove it"):
        attempt(files, action)
    assert special.is_fifo()


@pytest.mark.parametrize("action", ["read", "write", "check", "remove"])
def test_a_file_where_a_folder_should_be(files, tmp_path, action):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "shop").write_text("mine\n")
    with pytest.raises(FileError, match="something else than a folder is in the way; remove it"):
        attempt(files, action)
    assert everything(tmp_path) == {"out/shop": "mine\n"}


class TestAKilledWrite:
    LEFT = "shop/.service_x.yaml.tmp"

    def test_its_leftover_goes_with_the_next_write(self, files, tmp_path):
        (tmp_path / "out" / "shop").mkdir(parents=True)
        (tmp_path / "out" / self.LEFT).write_text("half")
        files.write(FILE, b"whole\n")
        assert everything(tmp_path) == {f"out/{FILE}": "whole\n"}

    def test_its_leftover_goes_with_the_removal(self, files, tmp_path):
        (tmp_path / "out" / "shop").mkdir(parents=True)
        (tmp_path / "out" / self.LEFT).write_text("half")
        files.remove(FILE)
        assert list((tmp_path / "out").iterdir()) == []

    def test_a_link_in_the_place_of_the_leftover_is_not_followed(self, files, tmp_path):
        (tmp_path / "out" / "shop").mkdir(parents=True)
        (tmp_path / "theirs").write_text("theirs\n")
        (tmp_path / "out" / self.LEFT).symlink_to(tmp_path / "theirs")
        with pytest.raises(FileError, match="File exists"):
            files.write(FILE, b"x\n")
        assert (tmp_path / "theirs").read_text() == "theirs\n"


def test_a_failing_write_keeps_the_old_bytes_and_leaves_nothing_behind(
    files, tmp_path, monkeypatch
):
    files.write(FILE, b"old\n")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module.os, "replace", full)
    with pytest.raises(FileError) as caught:
        files.write(FILE, b"new\n")
    assert str(caught.value) == f"cannot write out/{FILE}: No space left on device"
    assert everything(tmp_path) == {f"out/{FILE}": "old\n"}


def test_a_folder_that_another_process_removes_meanwhile_is_made_again(
    files, tmp_path, monkeypatch
):
    original, removals = folder_module._create, [1, 2]

    def create(place, name, content):
        if removals:
            removals.pop()
            (tmp_path / "out" / "shop").rmdir()
        original(place, name, content)

    monkeypatch.setattr(folder_module, "_create", create)
    files.write(FILE, b"x\n")
    assert everything(tmp_path) == {f"out/{FILE}": "x\n"}


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_folder_without_permission_is_a_sentence_before_anything_is_written(
    tmp_path, without_privileges
):
    folder = tmp_path / "out" / "shop"
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from openchoreo.provider.folder import FileError, ManifestFolder
        files = ManifestFolder(Path({str(tmp_path / "out")!r}), "out")
        for action in (files.check, lambda file: files.write(file, b"x")):
            try:
                action({FILE!r})
            except FileError as error:
                print(error)
        """
    )
    done = subprocess.run(
        [*without_privileges, sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout == f"cannot write out/{FILE}: Permission denied\n" * 2


def test_a_socket_is_no_file(files, tmp_path, monkeypatch):
    (tmp_path / "out" / "shop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "out" / "shop")  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("service_x.yaml")
        with pytest.raises(FileError, match="something else than a file is in its place"):
            files.write(FILE, b"x\n")
