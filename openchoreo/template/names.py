"""Names and hashes of Kubernetes objects as OpenChoreo makes them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

SUBDOMAIN_LIMIT = 253
LABEL_LIMIT = 63
_HASH_LENGTH = 8
_NO_NAME = re.compile(r"[^a-z0-9.-]")


def generate_name(limit: int, parts: Sequence[str], extra: str = "") -> str:
    """The parts, made fit for a DNS name and joined by hyphens, with a hash at the end.

    The hash is over the parts as written, so that parts which look alike after cleaning
    still give different names; `extra` enters the hash without being seen. The room is
    divided equally, in bytes, and what a short part leaves is not given to the others.
    """
    if not parts:
        message = "a name needs at least one part"
        raise ValueError(message)
    room = limit - _HASH_LENGTH - len(parts)
    share, rest = divmod(max(room, 0), len(parts))
    cut = [_cut(_cleaned(part), share + (index < rest)) for index, part in enumerate(parts)]
    name = "-".join([*cut, _digest([*parts, extra] if extra else parts)])
    return _trimmed(name)


def fnv1a(text: str | bytes) -> str:
    """FNV-1a over UTF-8, 32 bits, as 8 hex digits."""
    value = 0x811C9DC5
    for byte in text.encode(errors="surrogatepass") if isinstance(text, str) else text:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


def _digest(parts: Sequence[str]) -> str:
    text = "-".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:_HASH_LENGTH]


def _cleaned(part: str) -> str:
    if part.isascii():
        return _NO_NAME.sub("-", part.lower()).strip("-.")
    kept = (
        lower if _is_alphanumeric(lower) or lower in "-." else "-"
        for lower in (_lower(character) for character in part)
    )
    return "".join(kept).strip("-.")


def _lower(character: str) -> str:
    """Lower case letter by letter: one letter never becomes two, nor looks at its neighbours."""
    return character.lower()[:1]


def _is_alphanumeric(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _cut(part: str, size: int) -> str:
    """At most `size` bytes of it; each byte of a letter cut in two becomes U+FFFD."""
    if part.isascii():
        return part[:size]
    encoded = part.encode(errors="surrogatepass")
    if len(encoded) <= size:
        return part
    kept = encoded[:size].decode(errors="surrogateescape")
    return "".join("\ufffd" if "\udc80" <= letter <= "\udcff" else letter for letter in kept)


def _trimmed(name: str) -> str:
    """Without what cannot begin a name; at its end there is the hash."""
    start = 0
    while not _is_alphanumeric(name[start]):
        start += 1
    return name[start:]
