"""cel-go's extension library "encoders"."""

from __future__ import annotations

import base64
import binascii

from openchoreo.cel.errors import Failure
from openchoreo.cel.functions import Function


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str) -> bytes:
    """With or without padding."""
    bare = text.replace("\n", "").replace("\r", "")
    padded = bare if len(bare) % 4 == 0 else bare.rstrip("=") + "=" * (-len(bare) % 4)
    if padded != bare and "=" in bare:
        raise Failure("illegal base64 data: the padding is incomplete")
    try:
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        raise Failure("illegal base64 data") from None


FUNCTIONS: tuple[Function, ...] = (
    Function("base64.encode", ("bytes",), "string", _encode,
             summary="Bytes as base64; `base64.encode(bytes('text'))` for a text.",
             examples=(("base64.encode(b'hi')", '"aGk="'),)),
    Function("base64.decode", ("string",), "bytes", _decode,
             summary="The bytes of base64, with or without padding.",
             examples=(("string(base64.decode('aGk='))", '"hi"'), ("base64.decode('aGk')", "b'hi'"))),
)  # fmt: skip
