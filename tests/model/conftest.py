"""Resources written as YAML, and what is wrong with them as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
import yaml

from openchoreo.document import Object
from openchoreo.errors import OpenChoreoError
from openchoreo.model import Resource, parse

if TYPE_CHECKING:
    from collections.abc import Callable


HEADER: Object = {"apiVersion": "openchoreo.dev/v1alpha1"}


def document(text: str) -> Object:
    """A resource from `kind: ...` and `spec: ...`; name and namespace are filled in."""
    given = cast("Object", yaml.safe_load(text))
    kind = str(given["kind"])
    metadata: Object = {"name": "sample"}
    if not kind.startswith("Cluster"):
        metadata["namespace"] = "ns"
    return {**HEADER, "metadata": metadata, **given}


@pytest.fixture
def resource() -> Callable[[str], Resource]:
    return lambda text: parse(document(text)).resource


@pytest.fixture
def refusal() -> Callable[[str], str]:
    def text_of(text: str) -> str:
        with pytest.raises(OpenChoreoError) as raised:
            parse(document(text))
        return str(raised.value)

    return text_of
