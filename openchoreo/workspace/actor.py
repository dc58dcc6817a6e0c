"""Who runs a command: for the record, which says so and proves nothing."""

from __future__ import annotations

import getpass
import os

_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "CI_COMMITTER_USERNAME")
"""Where CI systems tell who started a run; elsewhere it is the user of the machine."""


def actor() -> str:
    named = (os.environ.get(name, "") for name in _ACTORS)
    return next((name for name in named if name), "") or getpass.getuser()
