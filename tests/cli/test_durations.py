"""Lengths of time, as they are written and shown."""

import pytest

from openchoreo.cli.durations import SECONDS, shown_seconds


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172800), ("1d1h1m1s", 90061)],
)
def test_written(written, seconds):
    assert SECONDS.convert(written, None, None) == seconds


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (61, "1m1s"),
        (3600, "1h"),
        (3601, "1h"),
        (5400, "1h30m"),
        (90061, "1d1h"),
        (86400 * 400, "400d"),
    ],
)
def test_shown(seconds, shown):
    assert shown_seconds(seconds) == shown
