"""Launchers and the plugin entry, written into somebody's Pulumi project."""

from __future__ import annotations

import os

import pytest
import yaml

from openchoreo.errors import OpenChoreoError
from openchoreo.provider import launcher

ENTRY = {"name": "openchoreo-files", "path": "plugins/openchoreo-files"}
FRESH = """\
plugins:
  providers:
  - name: openchoreo-files
    path: plugins/openchoreo-files
"""


@pytest.fixture
def project(tmp_path):
    def write(text, name="Pulumi.yaml"):
        (tmp_path / name).write_bytes(text.encode())
        return tmp_path

    return write


def test_everything_is_written_once(project):
    directory = project("name: shop\nruntime: python\n")
    assert launcher.write(directory) == (
        directory / "plugins/openchoreo-files/pulumi-resource-openchoreo-files",
        directory / "plugins/openchoreo-files/pulumi-resource-openchoreo-files.cmd",
        directory / "Pulumi.yaml",
    )
    assert launcher.write(directory) == ()
    for name in launcher.NAMES:
        assert os.access(directory / launcher.FOLDER / name, os.X_OK)


def test_a_launcher_that_lost_its_mode_or_text_is_written_again(project):
    directory = project("name: shop\n")
    launcher.write(directory)
    first, second = (directory / launcher.FOLDER / name for name in launcher.NAMES)
    first.chmod(0o644)
    second.write_text("old\n")
    assert launcher.write(directory) == (first, second)


def test_the_launchers_of_this_repository_are_the_same(pytestconfig):
    for name in launcher.NAMES:
        ours = pytestconfig.rootpath / launcher.FOLDER / name
        packed = pytestconfig.rootpath / "openchoreo/provider/launchers" / name
        assert ours.read_bytes() == packed.read_bytes()
        assert os.access(ours, os.X_OK)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "name: shop # ours\nruntime: python\n",
            f"name: shop # ours\nruntime: python\n{FRESH}",
            id="no plugins",
        ),
        pytest.param("name: shop", f"name: shop\n{FRESH}", id="no end of line"),
        pytest.param(
            "name: shop\r\n", f"name: shop\n{FRESH}".replace("\n", "\r\n"), id="lines of Windows"
        ),
        pytest.param(
            "plugins: # some\n    analyzers:\n        - name: a\nname: shop\n",
            "plugins: # some\n    providers:\n    - name: openchoreo-files\n"
            "      path: plugins/openchoreo-files\n    analyzers:\n        - name: a\nname: shop\n",
            id="other plugins",
        ),
        pytest.param(
            "plugins:\n  providers:\n    # theirs\n    - name: a\n      path: b\nname: shop\n",
            "plugins:\n  providers:\n    # theirs\n    - name: openchoreo-files\n"
            "      path: plugins/openchoreo-files\n    - name: a\n      path: b\nname: shop\n",
            id="other providers",
        ),
        pytest.param(
            "plugins:\n  providers:\n  - {name: openchoreo-files, path: elsewhere}\n",
            "plugins:\n  providers:\n  - {name: openchoreo-files, path: elsewhere}\n",
            id="ours at another place",
        ),
    ],
)
def test_the_project_file_keeps_what_people_wrote(project, before, after):
    directory = project(before)
    launcher.write(directory)
    assert (directory / "Pulumi.yaml").read_bytes().decode() == after
    settings = yaml.safe_load(after)
    assert "openchoreo-files" in [each["name"] for each in settings["plugins"]["providers"]]


@pytest.mark.parametrize(
    "text",
    ["plugins: {providers: [{name: a, path: b}]}\n", "plugins:\n  providers: [{name: a}]\n"],
)
def test_what_cannot_be_extended_is_left_to_a_person(project, text):
    directory = project(text)
    with pytest.raises(OpenChoreoError) as caught:
        launcher.write(directory)
    assert str(caught.value) == (
        "Pulumi.yaml\n"
        "  its plugins are written in a way that cannot be extended\n"
        "  add this by hand:\n"
        + "".join(f"  {line}\n" for line in FRESH.splitlines())
        + f"  {directory / 'Pulumi.yaml'}"
    )
    assert (directory / "Pulumi.yaml").read_text() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plugins: [\n", "it is no YAML: while parsing a flow node"),
        ("", "it holds no settings"),
        ("- a\n", "it holds no settings"),
    ],
)
def test_a_broken_project_file(project, text, message):
    with pytest.raises(OpenChoreoError) as caught:
        launcher.write(project(text))
    assert caught.value.problems[0].message.startswith(message)


def test_from_a_shell(project, capsys):
    directory = project("name: shop\n", "Pulumi.yml")
    assert launcher.main([str(directory)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"wrote {directory / 'Pulumi.yml'}"
    assert yaml.safe_load((directory / "Pulumi.yml").read_text())["plugins"] == {
        "providers": [ENTRY]
    }


def test_without_a_project(tmp_path, capsys):
    assert launcher.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "Pulumi.yaml\n  there is no Pulumi project here\n  run `pulumi new python` first\n"
        f"  {tmp_path / 'Pulumi.yaml'}\n"
    )
    assert list(tmp_path.iterdir()) == []
