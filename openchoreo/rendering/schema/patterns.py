"""Regular expressions of schemas: RE2, as in Kubernetes, so no pattern can take for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import re2  # pyright: ignore[reportMissingTypeStubs]

_re2: Any = re2  # it comes without types


def searching(pattern: str) -> Callable[[str], bool]:
    """Whether a text has a match of the pattern anywhere. Raises ValueError for no pattern."""
    options = _re2.Options()
    options.log_errors = False
    try:
        compiled = _re2.compile(pattern, options=options)
    except _re2.error as error:
        reason = error.args[0]
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise ValueError(text) from None
    return lambda text: compiled.search(text) is not None
