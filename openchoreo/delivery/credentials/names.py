"""What a name promises, and whether a value looks real.

Many names that end in "secret" or "token" belong to references, and many passwords in definitions
are examples. Both are words; what a machine or a careful person made is none.
"""

from __future__ import annotations

import re
from enum import Enum


class Promise(Enum):
    """What a name says of its value."""

    NOTHING = ""
    PASSWORD = "a password"  # noqa: S105 - what it is called
    SECRET = "a secret"  # noqa: S105 - as above
    TOKEN = "a token"  # noqa: S105 - as above
    KEY = "a key"
    CREDENTIAL = "a credential"


_LAST = {
    **dict.fromkeys(("passphrase", "pass", "pwd"), Promise.PASSWORD),
    "secret": Promise.SECRET,
    **dict.fromkeys(("token", "pat"), Promise.TOKEN),
    **dict.fromkeys(("apikey", "accesskey", "secretkey", "privatekey"), Promise.KEY),
    **dict.fromkeys(("credential", "credentials"), Promise.CREDENTIAL),
}
_KEYS = frozenset(
    {
        "access",
        "account",
        "api",
        "auth",
        "client",
        "encryption",
        "license",
        "master",
        "private",
        "secret",
        "service",
        "signing",
        "ssh",
        "subscription",
    }
)
"""What stands before "key" where that is a secret."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def promised(name: str) -> Promise:
    """DB_PASSWORD, clientSecret and api-token promise something; TOKEN_URL and secretName do not."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return Promise.NOTHING
    if words[-1].endswith(("password", "passwd")):  # PGPASSWORD
        return Promise.PASSWORD
    if words[-1] == "key":
        return Promise.KEY if len(words) > 1 and words[-2] in _KEYS else Promise.NOTHING
    return _LAST.get(words[-1], Promise.NOTHING)


def is_real(promise: Promise, value: str) -> bool:
    """Whether a value looks like what is promised, and not like an example or a reference."""
    if promise is Promise.NOTHING or re.search(r"\s", value) or is_none(value):
        return False
    return _is_password(value) if promise is Promise.PASSWORD else _is_made_by_machine(value)


_TEMPLATED = re.compile(r"^\$|\$[{(]|\{\{|<[^>]*>|%\(|^%|^\*+$")
_EXAMPLES = frozenset(
    {
        "change",
        "changeme",
        "demo",
        "dummy",
        "example",
        "fake",
        "insert",
        "mock",
        "placeholder",
        "redacted",
        "replace",
        "replaceme",
        "sample",
        "test",
        "testing",
        "todo",
        "your",
    }
)
_IN_MANUALS = "EXAMPLE"
"""As vendors write it into the keys of their manuals."""

_LETTERS = re.compile(r"[^\W\d_]+")
_PATH_OR_URL = re.compile(r"://|^(~|\.{0,2})/[\w.-]+/|^\.{1,2}/")


def is_none(value: str) -> bool:
    """Whether a value says itself that something else is meant: a template, or an example."""
    words = {word.lower() for word in _LETTERS.findall(value)}
    if _TEMPLATED.search(value) or _IN_MANUALS in value or words & _EXAMPLES:
        return True
    return any(set(word) == {"x"} and len(word) > 2 for word in words)  # noqa: PLR2004 - xxx


_SEPARATORS = re.compile(r"[-_./:@]+")
_SHORTEST_PASSWORD = 6
_SHORTEST_MADE = 12
_SHORTEST_PIECE = 8
_RANDOM = re.compile(r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/=-]{32,}$", re.ASCII)
_WORD_AND_NUMBER = re.compile(r"^([^\W\d_]+\d{0,2}|\d+)$")


def is_password(value: str) -> bool:
    """Anything but words: `postgres` and `change-me` are shown in every manual."""
    return not re.search(r"\s", value) and not is_none(value) and _is_password(value)


def _is_password(value: str) -> bool:
    if len(value) < _SHORTEST_PASSWORD or _PATH_OR_URL.search(value):
        return False
    return not all(piece.isalpha() for piece in _SEPARATORS.split(value) if piece)


def _is_made_by_machine(value: str) -> bool:
    """One long piece in which letters and digits mix. `db-password-2` is a name."""
    if len(value) < _SHORTEST_MADE or _PATH_OR_URL.search(value):
        return False
    return bool(_RANDOM.match(value)) or any(
        len(piece) >= _SHORTEST_PIECE
        and any(char.isalpha() for char in piece)
        and any(char.isdigit() for char in piece)
        and not _WORD_AND_NUMBER.match(piece)
        for piece in _SEPARATORS.split(value)
    )
