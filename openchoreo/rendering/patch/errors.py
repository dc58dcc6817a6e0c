"""What is wrong with a patch."""

from __future__ import annotations

from openchoreo.document import Document


class PatchError(Exception):
    """An operation that cannot be applied; `index` counts the operations of one call from 0."""

    def __init__(self, message: str, hint: str = "", *, path: str = "", index: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.index = index

    def of(self, path: str, index: int) -> PatchError:
        """The same error, with the operation it belongs to."""
        return PatchError(self.message, self.hint, path=path, index=index)


def kind_of(document: Document) -> str:
    """What a value is, in the words of a message."""
    if document is None:
        return "nothing"
    if isinstance(document, dict):
        return "an object"
    if isinstance(document, list):
        return "a list"
    if isinstance(document, bool):
        return "a boolean"
    return "a string" if isinstance(document, str) else "a number"
