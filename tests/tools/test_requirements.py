"""requirements*.txt are what pyproject.toml says, whole, pinned and without addresses."""

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.console import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
FILES = ["requirements.txt", "requirements-dev.txt", "tools/engine/requirements.txt"]


def pins(file):
    text = (ROOT / file).read_text("utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement = line.partition(";")[0].split()[0]
            name, version = requirement.split("==")
            found[canonicalize_name(name)] = version
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_version_has_its_hashes_and_no_address(file):
    text = (ROOT / file).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=", ""), re.MULTILINE)
    requirements = [line for line in text.split("\n") if re.match(r"[a-z0-9]", line)]
    assert len(requirements) == len(pins(file))
    assert all(line.endswith("\\") for line in requirements)
    hashes = re.findall(r"--hash=(\S+)", text)
    assert hashes
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)


@pytest.mark.parametrize(
    ("file", "wanted"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPMENT)],
)
def test_what_the_project_asks_for_is_pinned(file, wanted):
    pinned = pins(file)
    for requirement in wanted:
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), (
            f"{requirement}: run `make lock`"
        )


def test_both_files_pin_the_same_versions():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("file", FILES[:2])
def test_what_those_packages_ask_for_is_pinned_too(file):
    pinned = pins(file)
    for name in sorted(pinned):
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        for each in map(Requirement, requires):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                assert canonicalize_name(each.name) in pinned, f"{name} asks for {each}"


def test_pulumi_is_pinned_whole():
    exact = {each.name: str(each.specifier) for each in RUNTIME if each.name.startswith("pulumi")}
    assert all(re.fullmatch(r"==\d+\.\d+\.\d+", specifier) for specifier in exact.values())
    assert exact.keys() == {"pulumi", "pulumi-kubernetes"}


def test_the_distribution_is_not_taken_for_a_provider():
    assert not PROJECT["project"]["name"].startswith("pulumi-")
