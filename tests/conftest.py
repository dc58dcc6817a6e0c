"""Options of all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# No test looks at the time it takes: a busy machine is no defect. What CI tries can be repeated.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what comes out as the expected files of tests/golden; review the difference",
    )


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the comparisons with OpenChoreo counted, also when workers counted it."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    counted = {
        value
        for report in reports
        for name, value in report.user_properties
        if name == "differential"
    }
    for line in sorted(map(str, counted)):
        terminalreporter.write_line(f"differential: {line}")
