"""What make calls: needs a Python and nothing else. Run as `python3 -m tools.<name>`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"error: Python 3.11 or newer is needed, {sys.executable} is {found}: "
        "name another one with `make PYTHON=...`"
    )
