"""What counts as evidence that an object was applied, beside an id that is known."""

from __future__ import annotations

from openchoreo.document import Document, Object


def is_evidence(returned: Object, inputs: Object, *, live: bool) -> bool:
    """Whether what came back of an object says that its inputs were applied.

    What is `live` comes back as a server has it.
    """
    return is_live(returned, inputs) if live else contains(returned, inputs)


def is_live(returned: Document, asked: Document) -> bool:
    """Whether `returned` is the object that was asked for, as an API server keeps it.

    Its fields are not compared: servers write quantities and defaults their own way.
    """
    if not isinstance(returned, dict) or not isinstance(asked, dict):
        return False
    found, wanted = returned.get("metadata"), asked.get("metadata")
    if not isinstance(found, dict) or not isinstance(wanted, dict):
        return False
    return (
        bool(found.get("uid"))
        and all(returned.get(key) == asked.get(key) for key in ("apiVersion", "kind"))
        and all(found.get(key) == wanted.get(key) for key in ("name", "namespace"))
    )


def contains(returned: Document, asked: Document) -> bool:
    """Whether `returned` holds everything of `asked`; it may hold more, as servers add fields."""
    if isinstance(asked, dict):
        return isinstance(returned, dict) and all(
            value is None or (key in returned and contains(returned[key], value))
            for key, value in asked.items()
        )
    if isinstance(asked, list):
        return (
            isinstance(returned, list)
            and len(returned) == len(asked)
            and all(contains(theirs, ours) for theirs, ours in zip(returned, asked, strict=True))
        )
    if isinstance(asked, bool) or isinstance(returned, bool):
        return returned is asked
    return returned == asked
