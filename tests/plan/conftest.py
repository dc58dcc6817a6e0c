"""A small platform, with and without definitions in it."""

from __future__ import annotations

import pytest

from tests.plan.definitions import component_type, data_plane, platform, project
from tests.plan.world import World


@pytest.fixture
def bare(tmp_path, monkeypatch) -> World:
    """A world without any definitions."""
    monkeypatch.chdir(tmp_path)
    return World(tmp_path)


@pytest.fixture
def world(bare) -> World:
    """A platform and the project shop, with no components yet."""
    bare.define(data_plane(), component_type(), *platform(), project("shop"))
    return bare
