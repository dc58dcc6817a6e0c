"""Lengths of time as people write them: 90s, 10m, 1h30m, 2d."""

from __future__ import annotations

import re

import click

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_WRITTEN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class _Seconds(click.ParamType[int]):
    name = "duration"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        found = _WRITTEN.fullmatch(value)
        parts = found.groups() if found else ()
        seconds = sum(
            int(part or 0) * size for part, size in zip(parts, _UNITS.values(), strict=False)
        )
        if not seconds:
            self.fail(f"{value!r} is no length of time: write 90s, 10m, 1h30m or 2d", param, ctx)
        return seconds


SECONDS = _Seconds()


def shown_seconds(seconds: float) -> str:
    """In the largest unit and the one below it: 1h30m, 2d, 45s."""
    left = max(0, int(seconds))
    counts: list[tuple[str, int]] = []
    for unit, size in _UNITS.items():
        counts.append((unit, left // size))
        left %= size
    first = next((index for index, (_, count) in enumerate(counts) if count), len(counts) - 1)
    return "".join(
        f"{count}{unit}"
        for unit, count in counts[first : first + 2]
        if count or first == 3  # noqa: PLR2004
    )
