"""Definitions found in repositories of any layout."""

import pytest

from openchoreo.catalog import load
from openchoreo.workspace.discovery import find_definitions

PROJECT = "apiVersion: openchoreo.dev/v1alpha1\nkind: Project\nmetadata: {name: NAME}\n"
OTHER = "apiVersion: v1\nkind: ConfigMap\n"
LABELLED = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {openchoreo.dev/project: x}}\n"
WORKFLOW = "apiVersion: openchoreo.dev/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n"
LIST = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "openchoreo.dev/v1alpha1", "kind": "Project"}]}'
CHART = "apiVersion: openchoreo.dev/v1alpha1\nkind: Trait\n{{- if .Values.x }}\na: b: c\n"
MISTAKEN = "apiVersion: openchoreo.dev/v1alpha1\nkind: Project\nmetadata:\n\tname: x\n"
FORMER = "apiVersion: core.choreo.dev/v1\nkind: Project\nmetadata: {name: x}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"a.yaml": OTHER, "b/c.yaml": LABELLED}, (), id="nothing of ours"),
        pytest.param({"definitions/a.yaml": PROJECT}, ("definitions",), id="the usual place"),
        pytest.param(
            {"gitops/deep/down/a.yaml": PROJECT, "docs/x.yaml": OTHER}, ("gitops",), id="deep"
        ),
        pytest.param(
            {"platform/a.yaml": PROJECT, "apps/b.yml": PROJECT, "src/c.yaml": OTHER},
            ("apps", "platform"),
            id="two places",
        ),
        pytest.param({"a.yaml": PROJECT, "b/c.yaml": PROJECT}, (".",), id="the root"),
        pytest.param(
            {"a.yaml": PROJECT, "b/c.yaml": PROJECT, "chart/x.yaml": CHART},
            ("a.yaml", "b"),
            id="the root beside a chart",
        ),
        pytest.param(
            {
                "deploy/choreo/a/x.yaml": PROJECT,
                "deploy/choreo/y.yaml": PROJECT,
                "deploy/h.yaml": CHART,
            },
            ("deploy/choreo",),
            id="beside a chart",
        ),
        pytest.param({"chart/x.yaml": CHART}, (), id="a chart alone"),
        pytest.param({"a/x.yaml": MISTAKEN}, ("a",), id="a mistake"),
        pytest.param({"a/x.yaml": "a: b: c", "a/b/y.yaml": PROJECT}, ("a/b",), id="no YAML"),
        pytest.param({"a/x.yaml": FORMER}, ("a",), id="an older OpenChoreo"),
        pytest.param({"a/x.json": LIST}, ("a",), id="a list of kubectl"),
        pytest.param({"a/x.yaml": WORKFLOW}, (), id="only what is not deployed"),
        pytest.param(
            {".git/x.yaml": PROJECT, "node_modules/x.yaml": PROJECT}, (), id="not for sources"
        ),
    ],
)
def test_where_definitions_are(tmp_path, files, found):
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NAME", file.stem))
    assert find_definitions(tmp_path) == found


def test_a_file_of_another_encoding_is_in_the_way(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.yaml").write_bytes(b"\xff")
    (tmp_path / "a/y.yaml").write_text(PROJECT)
    assert find_definitions(tmp_path) == ("a/y.yaml",)


def test_what_is_found_is_what_would_be_loaded(pytestconfig):
    root = pytestconfig.rootpath / "definitions"
    found = [root / name for name in find_definitions(root)]
    assert load(found) == load([root])
