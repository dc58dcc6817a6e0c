"""The directory setting: refused with a reason and a way out, before anything is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openchoreo.provider.target import normal_directory, problems_of_settings


def problems(program, directory):
    return list(problems_of_settings({"directory": directory}, program))


@pytest.mark.parametrize(
    ("written", "normal"),
    [("a", "a"), ("./a/", "a"), ("a//b/../c", "a/c"), ("../a", "../a"), (".", "."), ("/a/", "/a")],
)
def test_one_way_to_write_a_directory(written, normal):
    assert normal_directory(written) == normal


@pytest.mark.parametrize("directory", ["out", "out/deeper", ".", "../beside"])
def test_a_directory_that_can_be_made_is_fine(tmp_path, directory):
    program = tmp_path / "program"
    program.mkdir()
    assert problems(program, directory) == []
    assert list(program.iterdir()) == []


def test_a_real_directory_is_fine(tmp_path):
    (tmp_path / "out").mkdir()
    assert problems(tmp_path, "out") == problems(tmp_path, str(tmp_path / "out")) == []


@pytest.mark.parametrize("settings", [{}, {"directory": ""}, {"directory": " "}, {"directory": 1}])
def test_it_must_be_given(tmp_path, settings):
    assert list(problems_of_settings(settings, tmp_path)) == [
        "directory is missing: the folder for the manifests, such as manifests/development"
    ]


def test_another_setting(tmp_path):
    assert list(problems_of_settings({"directroy": "x", "version": "1.0.0"}, tmp_path)) == [
        "directroy is no setting of this provider; did you mean directory?",
        "directory is missing: the folder for the manifests, such as manifests/development",
    ]


@pytest.mark.parametrize(
    ("link", "directory", "named"),
    [
        ("out", "out", "directory out"),
        ("out", "out/deeper", "directory out/deeper: out"),
        ("a/b", "a/b/c", "directory a/b/c: a/b"),
        ("../beside", "../beside", "directory ../beside"),
    ],
)
def test_no_part_of_a_relative_directory_is_a_link(tmp_path, link, directory, named):
    program, elsewhere = tmp_path / "program", tmp_path / "elsewhere"
    elsewhere.mkdir()
    program.mkdir()
    (program / link).parent.mkdir(parents=True, exist_ok=True)
    (program / link).symlink_to(elsewhere)
    (problem,) = problems(program, directory)
    assert problem == (
        f"{named} is a link, and manifests go to real directories only;"
        " remove the link, or set directory to the folder it leads to"
    )


def test_a_link_that_leads_nowhere_is_a_link(tmp_path):
    (tmp_path / "out").symlink_to(tmp_path / "nothing")
    assert "directory out is a link" in problems(tmp_path, "out")[0]


def test_an_absolute_directory_may_lie_behind_links_but_is_none(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert problems(tmp_path, str(tmp_path / "link" / "out")) == []
    assert "is a link" in problems(tmp_path, str(tmp_path / "link"))[0]


@pytest.mark.parametrize(
    ("directory", "named"),
    [("file", "directory file"), ("file/deeper", "directory file/deeper: file")],
)
def test_a_file_is_no_directory(tmp_path, directory, named):
    (tmp_path / "file").touch()
    assert problems(tmp_path, directory) == [
        f"{named} is not a directory; move it away, or set another directory"
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.parametrize(
    ("locked", "directory", "named"),
    [("out", "out", "directory out"), ("out", "out/deeper", "directory out/deeper: out")],
)
def test_a_directory_that_is_not_writable(tmp_path, locked, directory, named, without_privileges):
    (tmp_path / locked).mkdir()
    (tmp_path / locked).chmod(0o555)
    script = (
        "import sys; from pathlib import Path\n"
        "from openchoreo.provider.target import problems_of_settings\n"
        f"print(*problems_of_settings({{'directory': {directory!r}}}, Path.cwd()))\n"
    )
    done = subprocess.run(
        [*without_privileges, sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
    )
    assert done.stdout == (
        f"{named} is not writable for the user that runs this;"
        " change its permissions, or set another directory\n"
    )
