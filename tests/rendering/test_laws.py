"""What holds for every component: same input, same bytes, and nothing given is changed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from openchoreo.document import canonical
from openchoreo.errors import Collector
from openchoreo.rendering import render_component

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="$"), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def shuffled(value, draw):
    """The same document with its keys in another order."""
    if isinstance(value, dict):
        keys = draw(st.permutations(sorted(value)))
        return {key: shuffled(value[key], draw) for key in keys}
    return [shuffled(item, draw) for item in value] if isinstance(value, list) else value


def component(app, data):
    """Everything at once: parameters, loops, configuration, a trait that patches."""
    trait = {
        "creates": [app.config_map("made", x="${trait.instanceName}")],
        "patches": [
            {
                "target": {"group": "", "version": "v1", "kind": "ConfigMap"},
                "forEach": "${parameters.data}",
                "var": "entry",
                "operations": [{"op": "add", "path": "/data/patched", "value": "${entry.value}"}],
            }
        ],
        "parameters": app.schema(data={"type": "object"}),
    }
    return app.given(
        [
            app.deployment(replicas="${parameters.replicas}"),
            app.config_map("all", p="${parameters}", text="${parameters}", w="${workload}"),
        ],
        type_={"parameters": app.schema(replicas={"type": "integer", "default": 2})},
        parameters={"data": data},
        traits={"t": trait},
        instances=[{"name": "t", "instanceName": "t", "parameters": {"data": {"k": data}}}],
        workload={
            "container": {"image": "app:1", "env": [{"key": "A", "value": "1"}]},
            "endpoints": {
                "http": {"type": "HTTP", "port": 80},
                "b": {"type": "UDP", "port": 53, "visibility": ["external"]},
            },
        },
    )


def written(rendered) -> str:
    return json.dumps([(one.target_plane, one.manifest) for one in rendered.manifests])


def test_rendering_again_gives_the_same_bytes_and_changes_nothing_given(app):
    @settings(max_examples=40, deadline=None)
    @given(DOCUMENTS)
    def law(data):
        given_ = component(app, data)
        before = copy.deepcopy(given_.release)
        first = written(render_component(given_))
        assert written(render_component(given_)) == first
        assert given_.release == before

    law()


def test_the_order_of_keys_does_not_matter(app):
    @settings(max_examples=40, deadline=None)
    @given(DOCUMENTS, st.data())
    def law(data, source):
        release = component(app, data).release
        turned = shuffled(release, source.draw)
        results = [written(render_component(app.given(release=one))) for one in (release, turned)]
        assert results[0] == results[1]

    law()


def test_manifests_share_nothing_with_each_other_or_the_input(app):
    given_ = component(app, {"a": {"b": []}})
    first = render_component(given_)
    for one in first.manifests:
        spoil(one.manifest)
    assert canonical(written(render_component(given_))) == canonical(
        written(render_component(component(app, {"a": {"b": []}})))
    )


def spoil(value):
    if isinstance(value, dict):
        for entry in list(value.values()):
            spoil(entry)
        value["spoiled"] = True
    if isinstance(value, list):
        value.append("spoiled")


PROGRAM = """
import sys
sys.path.insert(0, "tests/rendering")
from conftest import Component
from test_laws import component, written
from openchoreo.rendering import render_component
print(written(render_component(component(Component(), {"b": [1], "a": {"z": 1, "y": 2}}))))
"""


def test_two_processes_with_different_hash_seeds_agree():
    root = Path(__file__).parents[2]
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


KINDS = ("Deployment", "ConfigMap", "Service", "HTTPRoute", "")
VERSIONS = ("v1", "apps/v1", "gateway.networking.k8s.io/v1", "")
PATHS = st.lists(
    st.sampled_from(["data", "spec", "metadata", "-", "0", "[*]", "[?(@.a=='1')]", "a~1b", "["]),
    max_size=4,
).map(lambda parts: "/" + "/".join(parts))
EXPRESSIONS = st.sampled_from(
    ["${parameters}", "${metadata.name}", "${oc_omit()}", "${parameters.x}", "a${metadata.labels}"]
)
ANYTHING = st.recursive(
    LEAVES | EXPRESSIONS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "name", "labels", "rules", "ports", "hostnames"]), inner
        )
    ),
    max_leaves=8,
)


@st.composite
def templates(draw):
    return {
        "id": "x",
        "template": {
            "apiVersion": draw(st.sampled_from(VERSIONS)),
            "kind": draw(st.sampled_from(KINDS)),
            "metadata": draw(ANYTHING | st.just({"name": "a"})),
            "spec": draw(ANYTHING),
        },
    }


@st.composite
def patches(draw):
    operation = st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "remove"]), "path": PATHS, "value": ANYTHING}
    )
    target = {"group": "", "version": "", "kind": draw(st.sampled_from(KINDS))}
    return {"target": target, "operations": draw(st.lists(operation, min_size=1, max_size=2))}


def test_whatever_a_type_says_ends_in_manifests_or_in_problems(app):
    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(templates(), max_size=3),
        st.lists(patches(), max_size=3),
        st.sampled_from(["deployment", "statefulset", "proxy"]),
    )
    def law(resources, changes, workload_type):
        workload = {
            "container": {"image": "app:1"},
            "endpoints": {"http": {"type": "HTTP", "port": 80}},
        }
        found = Collector()
        found.attempt(
            lambda: app.rendered(
                [*resources, app.config_map("z")],
                type_={"workloadType": workload_type},
                traits={"t": {"patches": changes}},
                instances=["t"],
                workload=workload,
            )
        )
        assert all(problem.resource and problem.message for problem in found.problems)

    law()
