"""Where definitions stand, and in which order their keys, changes nothing."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.catalog import load

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DOCUMENTS = [
    document
    for file in sorted(DEFINITIONS.rglob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text())
]
EXPECTED = load([DEFINITIONS])


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@settings(max_examples=20, deadline=None)
@given(
    order=st.randoms(use_true_random=False),
    places=st.lists(
        st.sampled_from(["a.yaml", "b/c.yml", "b/d/e.yaml", "z.yaml"]),
        min_size=len(DOCUMENTS),
        max_size=len(DOCUMENTS),
    ),
    flow=st.booleans(),
)
def test_file_layout_and_order_of_keys_and_documents_change_nothing(order, places, flow):
    documents = [shuffled(document, order) for document in DOCUMENTS]
    order.shuffle(documents)
    files: dict[str, list[str]] = {}
    for place, document in zip(places, documents, strict=True):
        text = json.dumps(document) if flow else yaml.safe_dump(document, sort_keys=False)
        files.setdefault(place, []).append(text)
    with tempfile.TemporaryDirectory() as directory:
        for place, texts in files.items():
            path = Path(directory, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n---\n".join(texts))
        found = load([Path(directory)])
    assert found == EXPECTED
    assert list(found.resources) == list(EXPECTED.resources)
    assert found.warnings == EXPECTED.warnings
