"""Definitions read, checked and rendered for every environment, without an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from openchoreo.catalog import Survey, read_yaml, survey
from openchoreo.config import StackConfig
from openchoreo.plan import (
    Assumed,
    Checked,
    Part,
    Sound,
    check_definitions,
    check_environment,
    sound_part,
)

PROGRAM = "__main__.py"

Stacks = Mapping[str, StackConfig]
"""Stacks with their settings."""


class LookedAt(Struct, frozen=True):
    """An environment as one stack sees it; as none does that has a file where `stack` is empty."""

    stack: str
    settings: StackConfig
    checked: Checked


class Looked(Struct, frozen=True):
    """`sound` is None where the definitions are too broken for more."""

    surveyed: Survey
    sound: Sound | None
    environments: tuple[LookedAt, ...] = ()


def look(
    paths: Sequence[Path], relaxed: frozenset[int], stacks: Stacks, *, only: str = ""
) -> Looked:
    """All environments of the pipelines and of the stacks, or one."""
    surveyed = survey(paths, relaxed=relaxed)
    part = sound_part(surveyed) if surveyed.problems else Part(surveyed.catalog)
    if part is None:
        return Looked(surveyed, None)
    sound = check_definitions(part, relaxed)
    assumed = Assumed(relaxed=relaxed, read_yaml=read_yaml, handed=_program_gives_outputs())
    return Looked(
        surveyed,
        sound,
        tuple(
            LookedAt(stack, settings, check_environment(sound, settings, assumed))
            for stack, settings in _environments(sound, stacks)
            if only in {"", settings.environment}
        ),
    )


def _environments(sound: Sound, stacks: Stacks) -> list[tuple[str, StackConfig]]:
    """Each stack, and each environment of a pipeline that has none yet; in the pipelines' order."""
    order = [*dict.fromkeys(name for one in sound.pipelines for name in one.environments)]
    served = {settings.environment for settings in stacks.values()}
    found = [*stacks.items()]
    found += [("", StackConfig(environment=name)) for name in order if name not in served]
    place = {name: index for index, name in enumerate(order)}
    return sorted(found, key=lambda one: place.get(one[1].environment, len(order)))


def _program_gives_outputs() -> bool:
    """Whether __main__.py calls deploy(resources=...)."""
    path = Path(PROGRAM)
    return path.is_file() and "resources=" in path.read_text("utf-8", errors="replace")
