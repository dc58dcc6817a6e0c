"""Whatever a file holds, it is read or refused with its name: nothing escapes as a crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.catalog import survey

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TEXT = b"---\n".join(
    (DEFINITIONS / name).read_bytes()
    for name in (
        "namespaces/default/projects/weather/components/dashboard/workload.yaml",
        "namespaces/default/projects/weather/project.yaml",
        "platform/project-types/default.yaml",
    )
)
PIECES = st.one_of(
    st.binary(max_size=3),
    st.sampled_from(
        [b"\t", b": ", b"- ", b"{", b"]", b"*x ", b"&x ", b"<<: *x\n", b"\n", b"!!int "]
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 20), PIECES), max_size=4),
    suffix=st.sampled_from([".yaml", ".json"]),
)
def test_a_file_with_anything_anywhere_is_read_or_refused(edits, suffix):
    data = TEXT
    for at, removed, piece in edits:
        data = data[:at] + piece + data[at + removed :]
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / f"file{suffix}").write_bytes(data)
        found = survey([Path(directory)])
        for component in found.catalog.components:
            found.catalog.component_problems(component)
    for problem in found.problems:
        assert problem.message
        assert problem.file.endswith(f"file{suffix}")
