import re

import pytest

from tools import versions
from tools.console import ROOT, duration


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param("v3.259.0\n", (3, 259, 0), id="pulumi"),
        pytest.param("3.259.0", (3, 259, 0), id="bare"),
        pytest.param("v3.260.0-alpha.x1b2c3d", (3, 260, 0), id="before a release"),
        pytest.param("go1.26.8", (1, 26, 8), id="go"),
        pytest.param("go1.27", (1, 27, 0), id="go without patch"),
        pytest.param("go version go1.26.8 linux/amd64", (1, 26, 8), id="go in a sentence"),
        pytest.param("", None, id="nothing"),
        pytest.param("command not found", None, id="words"),
        pytest.param("devel", None, id="no number"),
    ],
)
def test_a_version_is_read_from_what_programs_print(text, version):
    assert versions.parse(text) == version


def test_the_engine_is_built_in_the_version_of_the_sdk():
    modules = (ROOT / "tools" / "engine" / "go.mod").read_text("utf-8")
    built = re.findall(r"^require github\.com/pulumi/pulumi/(\w+)/v3 v(\S+)", modules, re.MULTILINE)
    pin = versions.written(versions.pinned())
    assert dict(built) == {"pkg": pin, "sdk": pin}


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (754, "12 min 34 s")]
)
def test_a_duration_is_written_for_people(seconds, text):
    assert duration(seconds) == text
