"""What a stack has recorded, in a file: for git, and for environments that another backend keeps.

Ledger and documents stand there as JSON that people can read and git can compare; their digests
are those of the stack's outputs.
"""

from __future__ import annotations

import json
from typing import cast

from msgspec import Struct

from openchoreo.delivery.encoding import encoded
from openchoreo.delivery.ledger import Ledger, load_ledger
from openchoreo.delivery.release import refused
from openchoreo.delivery.store import ReleaseStore, load_store
from openchoreo.document import Document, Object

SCHEMA_VERSION = 1

_KEYS = ("schemaVersion", "stack", "pipeline", "releases")
_AGAIN = "export it again from its stack: python -m openchoreo ledger export --stack <stack>"
_NEWER = "a newer program wrote it: upgrade the openchoreo package, then run again"


class Exported(Struct, frozen=True):
    """`stack` is the full name of the stack that recorded it."""

    stack: str
    ledger: Ledger
    documents: ReleaseStore


def dump_export(stack: str, pipeline: str, releases: str) -> str:
    """The text of a file with the outputs `pipeline` and `releases` of a stack."""
    content = {
        "schemaVersion": SCHEMA_VERSION,
        "stack": stack,
        "pipeline": json.loads(pipeline),
        "releases": json.loads(releases),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def load_export(text: str, *, source: str) -> Exported:
    """What `dump_export` wrote. Raises OpenChoreoError where it is not whole, was changed, or is of
    an unknown version.
    """
    content = _parsed(text, source)
    ledger = load_ledger(encoded(content["pipeline"]), source=source, restore=_AGAIN)
    documents = load_store(encoded(content["releases"]), source=source)
    return Exported(cast("str", content["stack"]), ledger, documents)


def _parsed(text: str, source: str) -> Object:
    try:
        document: Document = json.loads(text)
    except ValueError as error:
        raise refused(source, f"is no exported ledger: {error}", _AGAIN) from None
    if not isinstance(document, dict) or "schemaVersion" not in document:
        message = f"is no exported ledger: it must hold {', '.join(_KEYS)}"
        raise refused(source, message, _AGAIN)
    version = document["schemaVersion"]
    if version != SCHEMA_VERSION:
        message = f"has schemaVersion {version}; this program knows {SCHEMA_VERSION}"
        raise refused(source, message, _NEWER, ("schemaVersion",))
    if document.keys() != set(_KEYS) or not isinstance(document["stack"], str):
        message = f"is no exported ledger: it must hold {', '.join(_KEYS)}"
        raise refused(source, message, _AGAIN)
    return document
