"""Definitions written into a directory that is the working directory as well."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openchoreo.catalog import survey
from openchoreo.errors import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from openchoreo.catalog import Survey

HEADER = "apiVersion: openchoreo.dev/v1alpha1\n"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(here) -> Callable[..., Path]:
    """Files by name; a text that begins with `kind:` gets its apiVersion."""

    def write_files(**files: str) -> Path:
        for name, text in files.items():
            path = here / name.replace("__", "/")
            path = path if path.suffix else path.with_suffix(".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            plain = textwrap.dedent(text).lstrip("\n")
            path.write_text(HEADER + plain if plain.startswith("kind:") else plain)
        return here

    return write_files


@pytest.fixture
def surveyed(write) -> Callable[..., Survey]:
    return lambda **files: survey([write(**files)])


@pytest.fixture
def problems(surveyed) -> Callable[..., str]:
    return lambda **files: describe(surveyed(**files).problems)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Public OpenChoreo YAML, where it is at hand."""
    beside = Path(__file__).parents[3] / "shared" / "samples"
    found = Path(os.environ.get("OPENCHOREO_SAMPLES", beside))
    if not found.is_dir():
        pytest.skip("no samples: neither OPENCHOREO_SAMPLES nor ../shared/samples")
    return found
